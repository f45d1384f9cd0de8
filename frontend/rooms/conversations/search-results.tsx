"use client";
/** Messages that hold the words, from all conversations that the reader is in. */
import { useQuery } from "@tanstack/react-query";
import { useFormatter, useTranslations } from "use-intl";
import { Link } from "@/components/link";
import { Spinner } from "@/components/ui/spinner";
import type { Names } from "@/components/use-names";
import { useProblemText } from "@/lib/api/use-problem-text";
import { plainText } from "@/lib/messaging/markup";
import { foundMessages } from "@/lib/messaging/queries";
import type { Conversation } from "@/lib/messaging/types";
import { pathOf } from "@/rooms/conversations/row";

type Props = { query: string; conversations: readonly Conversation[]; names: Names; onDone: () => void };

export function SearchResults({ query, conversations, names, onDone }: Props) {
  const t = useTranslations("conversations.search");
  const format = useFormatter();
  const { textOf } = useProblemText();
  const { data, error, isPending } = useQuery(foundMessages(query));
  const titleOf = (id: string) => {
    const found = conversations.find((each) => each.id === id);
    return found ? names.titleOf(found) : "";
  };
  return (
    <section aria-label={t("messages")} className="mt-4 border-t border-line pt-3">
      <h2 className="px-2.5 pb-1 text-sm font-semibold text-ink-soft">{t("messages")}</h2>
      <div role="status" className="px-2.5 text-sm text-ink-soft">
        {isPending && <Spinner />}
        {error && textOf(error)}
        {data?.items.length === 0 && t("nothing")}
      </div>
      <ul className="flex flex-col gap-0.5">
        {data?.items.map(({ message }) => (
          <li key={message.id}>
            <Link
              href={`${pathOf(message.conversation_id)}&at=${message.seq}`}
              onClick={onDone}
              className="block rounded-lg px-2.5 py-2 hover:bg-sunken"
            >
              <span className="flex items-baseline justify-between gap-2 text-xs text-ink-soft">
                <span className="truncate">
                  {names.nameOf(message.sender_id)} · {titleOf(message.conversation_id)}
                </span>
                <time dateTime={message.created_at} className="shrink-0">
                  {format.dateTime(new Date(message.created_at), { day: "numeric", month: "short" })}
                </time>
              </span>
              <span className="line-clamp-2 text-sm">{plainText(message.text ?? "", names.nameOf)}</span>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}
