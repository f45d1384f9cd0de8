"use client";
/** Below the list: what was archived, and open groups that one could join; asked for when they are looked at. */
import { useMutation, useQuery } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { useLocale, useTranslations } from "use-intl";
import { useMessaging } from "@/components/messaging";
import { Button } from "@/components/ui/button";
import { Icon } from "@/components/ui/icon";
import { Skeleton } from "@/components/ui/skeleton";
import type { Names } from "@/components/use-names";
import { api, data } from "@/lib/api/client";
import { useProblemText } from "@/lib/api/use-problem-text";
import { type Locale, localizedPath } from "@/lib/i18n/locales";
import { otherConversations } from "@/lib/messaging/queries";
import type { Conversation } from "@/lib/messaging/types";
import { ConversationRow, pathOf } from "@/rooms/conversations/row";

type Props = { names: Names; me: string; chosen: string | null };

export function OtherConversations(props: Props) {
  return (
    <div className="mt-3 border-t border-line pt-2 text-start">
      <Section which="joinable" {...props} />
      <Section which="archived" {...props} />
    </div>
  );
}

function Section({ which, ...props }: Props & { which: "archived" | "joinable" }) {
  const t = useTranslations("conversations.others");
  const [isOpen, setOpen] = useState(false);
  return (
    <section aria-label={t(which)}>
      <button
        type="button"
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
        className="flex min-h-11 w-full items-center gap-2 rounded-lg px-2.5 text-sm font-medium text-ink-soft hover:bg-sunken"
      >
        <Icon name={which === "archived" ? "archive" : "users"} className="size-4" />
        {t(which)}
      </button>
      {isOpen && <Found which={which} {...props} />}
    </section>
  );
}

function Found({ which, names, me, chosen }: Props & { which: "archived" | "joinable" }) {
  const t = useTranslations("conversations.others");
  const { textOf } = useProblemText();
  const { data: found, error } = useQuery(otherConversations(which));
  if (!found)
    return error ? <p className="px-2.5 text-sm text-bad">{textOf(error)}</p> : <Skeleton className="h-14" />;
  if (found.length === 0) return <p className="px-2.5 pb-2 text-sm text-ink-soft">{t("none")}</p>;
  return (
    <ul className="flex flex-col gap-0.5">
      {found.map((each) =>
        which === "archived" ? (
          <ConversationRow
            key={each.id}
            conversation={each}
            names={names}
            me={me}
            isChosen={each.id === chosen}
          />
        ) : (
          <Joinable key={each.id} conversation={each} title={names.titleOf(each)} />
        ),
      )}
    </ul>
  );
}

function Joinable({ conversation, title }: { conversation: Conversation; title: string }) {
  const t = useTranslations("conversations.others");
  const { textOf } = useProblemText();
  const inbox = useMessaging()?.inbox;
  const router = useRouter();
  const locale = useLocale() as Locale;
  const join = useMutation({
    mutationFn: () =>
      data(
        api.POST("/v1/conversations/{conversation_id}/join", {
          params: { path: { conversation_id: conversation.id } },
        }),
      ),
    onSuccess: async () => {
      await inbox?.refresh(conversation.id);
      router.push(localizedPath(locale, pathOf(conversation.id)));
    },
  });
  return (
    <li className="flex flex-wrap items-center justify-between gap-2 px-2.5 py-1">
      <span className="min-w-0 flex-1 truncate">{title}</span>
      <Button
        size="sm"
        tone="secondary"
        busy={join.isPending}
        aria-label={t("join_label", { title })}
        onClick={() => join.mutate()}
      >
        {t("join")}
      </Button>
      {join.error && <p className="w-full text-sm text-bad">{textOf(join.error)}</p>}
    </li>
  );
}
