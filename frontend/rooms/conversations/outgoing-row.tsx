"use client";
/** What was written and is not stored yet. */
import { useTranslations } from "use-intl";
import { classNames } from "@/components/class-names";
import type { Names } from "@/components/use-names";
import type { Outgoing } from "@/lib/messaging/feed";
import { Avatar } from "@/rooms/conversations/avatar";
import { Time } from "@/rooms/conversations/message-row";
import { MessageText } from "@/rooms/conversations/message-text";

type Props = {
  outgoing: Outgoing;
  isFirst: boolean;
  names: Names;
  me: string;
  onRetry: () => void;
  onDiscard: () => void;
};

export function OutgoingRow({ outgoing, isFirst, names, me, onRetry, onDiscard }: Props) {
  const t = useTranslations("conversations.outgoing");
  const problems = useTranslations("problems.codes");
  const { text, at, state, code } = outgoing;
  const key = code as "conversation_archived";
  const reason = code && problems.has(key) ? problems(key) : "";
  return (
    <article
      data-row={outgoing.client_message_id}
      className={classNames("flex gap-3 px-4 py-0.5 sm:px-5", isFirst && "mt-3")}
    >
      <span className="w-9 shrink-0">{isFirst && <Avatar id={me} name={names.nameOf(me)} />}</span>
      <div className="min-w-0 flex-1">
        {isFirst && (
          <p className="flex items-baseline gap-2">
            <span className="truncate font-semibold">{names.nameOf(me)}</span>
            <Time at={at} />
          </p>
        )}
        <div className={classNames(state === "sending" && "text-ink-soft")}>
          <MessageText text={text} me={me} nameOf={names.nameOf} />
        </div>
        {outgoing.attachment_ids.length > 0 && (
          <p className="text-sm text-ink-soft">{t("files", { count: outgoing.attachment_ids.length })}</p>
        )}
        {state === "sending" && <p className="text-xs text-ink-soft">{t("sending")}</p>}
        {state === "failed" && (
          <p role="alert" className="flex flex-wrap items-center gap-x-3 text-sm text-bad">
            <span>
              {t("failed")} {reason}
            </span>
            <button type="button" className="py-1 font-semibold underline" onClick={onRetry}>
              {t("retry")}
            </button>
            <button type="button" className="py-1 font-semibold underline" onClick={onDiscard}>
              {t("discard")}
            </button>
          </p>
        )}
      </div>
    </article>
  );
}
