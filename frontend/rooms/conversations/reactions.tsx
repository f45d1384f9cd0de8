"use client";
import { useFormatter, useTranslations } from "use-intl";
import { classNames } from "@/components/class-names";
import type { Names } from "@/components/use-names";
import type { Message } from "@/lib/messaging/types";
import type { MessageActs } from "@/rooms/conversations/use-message-acts";

/** Who reacted with what; a press adds one's own, or takes it back. */
export function Reactions({
  message,
  names,
  me,
  acts,
}: {
  message: Message;
  names: Names;
  me: string;
  acts: MessageActs;
}) {
  const t = useTranslations("conversations.message");
  const format = useFormatter();
  if (message.reactions.length === 0) return null;
  return (
    <ul className="mt-1 flex flex-wrap gap-1">
      {message.reactions.map(({ emoji, user_ids }) => {
        const isOwn = user_ids.includes(me);
        const who = format.list(user_ids.map((id) => (id === me ? t("you") : names.nameOf(id))));
        return (
          <li key={emoji}>
            <button
              type="button"
              aria-pressed={isOwn}
              aria-label={t("reaction", { emoji, count: user_ids.length, who })}
              title={who}
              onClick={() => acts.react(message, emoji, !isOwn)}
              className={classNames(
                "inline-flex h-7 items-center gap-1 rounded-full border px-2 text-sm tabular-nums pointer-coarse:h-11 pointer-coarse:px-3",
                isOwn ? "border-accent bg-accent-soft text-accent" : "border-line bg-raised hover:bg-sunken",
              )}
            >
              <span aria-hidden="true">{emoji}</span>
              {user_ids.length}
            </button>
          </li>
        );
      })}
    </ul>
  );
}
