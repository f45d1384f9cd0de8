"use client";
/** One conversation in the list. */
import { useFormatter, useTranslations } from "use-intl";
import { classNames } from "@/components/class-names";
import { Link } from "@/components/link";
import { Icon } from "@/components/ui/icon";
import { type Names, otherOf } from "@/components/use-names";
import { plainText } from "@/lib/messaging/markup";
import type { Conversation } from "@/lib/messaging/types";
import { Avatar } from "@/rooms/conversations/avatar";

type Props = { conversation: Conversation; names: Names; me: string; isChosen: boolean };

export const pathOf = (id: string) => `/conversations/?id=${id}`;

export function ConversationRow({ conversation, names, me, isChosen }: Props) {
  const t = useTranslations("conversations.list");
  const { id, kind, unread, mentions, muted_until } = conversation;
  const title = names.titleOf(conversation);
  const other = otherOf(conversation, me);
  const isMuted = isMutedNow(muted_until);
  return (
    <li>
      <Link
        href={pathOf(id)}
        aria-current={isChosen ? "true" : undefined}
        className="flex items-center gap-3 rounded-lg px-2.5 py-2 hover:bg-sunken aria-[current]:bg-accent-soft"
      >
        <Avatar
          id={other ?? id}
          name={title}
          presenceOf={names.isAssistant(other) ? undefined : other}
          {...(kind !== "direct" && { icon: kind === "support" ? ("life" as const) : ("users" as const) })}
        />
        <span className="min-w-0 flex-1">
          <span className="flex items-baseline justify-between gap-2">
            <span
              className={classNames("truncate", unread > 0 && !isMuted ? "font-semibold" : "font-medium")}
            >
              {title}
            </span>
            <Moment at={conversation.last_message?.created_at} />
          </span>
          <span className="flex items-center justify-between gap-2">
            <span
              dir="auto"
              className={classNames(
                "min-w-0 flex-1 truncate text-start text-sm",
                unread > 0 && !isMuted ? "text-ink" : "text-ink-soft",
              )}
            >
              <Preview conversation={conversation} names={names} me={me} />
            </span>
            <span className="flex shrink-0 items-center gap-1">
              {isMuted && <Icon name="mute" className="size-4 text-ink-soft" />}
              {mentions > 0 && (
                <span className="rounded-full bg-accent px-1.5 text-xs font-semibold text-on-accent">
                  <span aria-hidden="true">@</span>
                  <span className="sr-only">{t("mentions", { count: mentions })}</span>
                </span>
              )}
              {unread > 0 && (
                <span
                  className={classNames(
                    "min-w-5 rounded-full px-1.5 text-center text-xs font-semibold tabular-nums",
                    isMuted ? "bg-line text-ink-soft" : "bg-accent text-on-accent",
                  )}
                >
                  <span aria-hidden="true">{unread > 99 ? "99+" : unread}</span>
                  <span className="sr-only">{t("unread", { count: unread })}</span>
                </span>
              )}
            </span>
          </span>
        </span>
      </Link>
    </li>
  );
}

export function isMutedNow(until: string | null): boolean {
  return until !== null && Date.parse(until) > Date.now();
}

function Preview({ conversation, names, me }: Omit<Props, "isChosen">) {
  const t = useTranslations("conversations.list");
  const last = conversation.last_message;
  if (!last) return t("empty");
  const text = last.deleted_at
    ? t("deleted")
    : last.unreadable
      ? t("unreadable")
      : plainText(last.text ?? "", names.nameOf) || t("attachment");
  if (last.sender_id === me) return t("own", { text });
  return conversation.kind === "direct" ? text : t("by", { name: names.nameOf(last.sender_id), text });
}

/** The time of today, else the day. */
function Moment({ at }: { at: string | undefined }) {
  const format = useFormatter();
  if (at === undefined) return null;
  const moment = new Date(at);
  const isToday = moment.toDateString() === new Date().toDateString();
  return (
    <time dateTime={at} className="shrink-0 text-xs text-ink-soft tabular-nums">
      {format.dateTime(moment, isToday ? { timeStyle: "short" } : { day: "numeric", month: "short" })}
    </time>
  );
}
