"use client";
/** One message, with what can be done to it. */
import { type ReactNode, useState } from "react";
import { useFormatter, useTranslations } from "use-intl";
import { classNames } from "@/components/class-names";
import type { Names } from "@/components/use-names";
import type { Message } from "@/lib/messaging/types";
import { AssistantMark } from "@/rooms/conversations/assistant-mark";
import { AttachmentList } from "@/rooms/conversations/attachment-list";
import { Avatar } from "@/rooms/conversations/avatar";
import { EditForm } from "@/rooms/conversations/edit-form";
import { MessageActions } from "@/rooms/conversations/message-actions";
import { MessageText } from "@/rooms/conversations/message-text";
import { Reactions } from "@/rooms/conversations/reactions";
import type { MessageActs } from "@/rooms/conversations/use-message-acts";

type Props = {
  message: Message;
  isFirst: boolean;
  names: Names;
  me: string;
  acts: MessageActs;
  /** Whether this is the one that the keyboard, the pointer or a finger is at. */
  isActive: boolean;
  /** Whether Tab leads here. */
  isStop: boolean;
  mayWrite: boolean;
  mayDelete: boolean;
  isFound: boolean;
  onActivate: () => void;
  onThread: (() => void) | undefined;
  seenBy: ReactNode;
};

export function MessageRow(props: Props) {
  const {
    message,
    isFirst,
    names,
    me,
    acts,
    isActive,
    isStop,
    mayWrite,
    mayDelete,
    isFound,
    onActivate,
    onThread,
    seenBy,
  } = props;
  const t = useTranslations("conversations.message");
  const [isEditing, setEditing] = useState(false);
  const isDeleted = message.deleted_at !== null;
  const isShown = mayWrite && isActive && !isEditing && !isDeleted;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the keyboard comes by its focus
    <article
      data-row={message.client_message_id}
      data-message={message.id}
      tabIndex={isStop ? 0 : -1}
      aria-label={t("label", { name: names.nameOf(message.sender_id) })}
      onPointerEnter={({ pointerType }) => pointerType === "mouse" && onActivate()}
      onClick={onActivate}
      onFocus={onActivate}
      className={classNames(
        "group relative flex gap-3 px-4 py-0.5 focus-visible:-outline-offset-2 sm:px-5",
        isFirst && "mt-3",
        isActive && "bg-sunken",
        isFound && "bg-warn-soft",
      )}
    >
      <Margin message={message} isFirst={isFirst} name={names.nameOf(message.sender_id)} />
      <div className="min-w-0 flex-1">
        {isFirst && <Head message={message} names={names} />}
        {isEditing ? (
          <EditForm message={message} names={names} acts={acts} onDone={() => setEditing(false)} />
        ) : (
          <Body message={message} names={names} me={me} />
        )}
        <AttachmentList message={message} />
        <Reactions message={message} names={names} me={me} acts={acts} />
        {onThread && message.reply_count > 0 && <Replies message={message} onThread={onThread} />}
        {seenBy}
      </div>
      {isShown && (
        <MessageActions
          message={message}
          isOwn={message.sender_id === me}
          mayDelete={mayDelete}
          acts={acts}
          onEdit={() => setEditing(true)}
          onThread={onThread}
        />
      )}
    </article>
  );
}

function Margin({ message, isFirst, name }: { message: Message; isFirst: boolean; name: string }) {
  if (isFirst) {
    return (
      <span className="w-9 shrink-0 pt-0.5">
        <Avatar id={message.sender_id} name={name} />
      </span>
    );
  }
  return (
    <span className="relative h-6 w-9 shrink-0 opacity-0 group-hover:opacity-100 group-focus-visible:opacity-100">
      <span className="absolute end-0 top-1 flex text-[0.625rem] leading-4 whitespace-nowrap">
        <Time at={message.created_at} small />
      </span>
    </span>
  );
}

function Head({ message, names }: { message: Message; names: Names }) {
  return (
    <p className="flex items-baseline gap-2">
      <span className="truncate font-semibold">{names.nameOf(message.sender_id)}</span>
      {names.isAssistant(message.sender_id) && <AssistantMark />}
      <Time at={message.created_at} />
    </p>
  );
}

export function Time({ at, small = false }: { at: string; small?: boolean }) {
  const format = useFormatter();
  const moment = new Date(at);
  return (
    <time
      dateTime={at}
      title={format.dateTime(moment, { dateStyle: "full", timeStyle: "medium" })}
      className={classNames("shrink-0 text-ink-soft tabular-nums", !small && "text-xs")}
    >
      {format.dateTime(moment, { timeStyle: "short" })}
    </time>
  );
}

function Body({ message, names, me }: { message: Message; names: Names; me: string }) {
  const t = useTranslations("conversations.message");
  if (message.deleted_at !== null) return <p className="text-ink-soft italic">{t("deleted")}</p>;
  if (message.unreadable) return <p className="text-ink-soft italic">{t("unreadable")}</p>;
  return (
    <>
      <MessageText text={message.text ?? ""} me={me} nameOf={names.nameOf} />
      {message.edited_at !== null && <span className="text-xs text-ink-soft">{t("edited")}</span>}
    </>
  );
}

function Replies({ message, onThread }: { message: Message; onThread: () => void }) {
  const t = useTranslations("conversations.message");
  const format = useFormatter();
  const last = message.last_reply_at;
  return (
    <button
      type="button"
      onClick={onThread}
      className="mt-1 rounded-lg py-1 text-sm font-medium text-accent hover:underline pointer-coarse:py-2.5"
    >
      {t("replies", { count: message.reply_count })}
      {last && (
        <span className="ms-2 font-normal text-ink-soft">
          {format.relativeTime(new Date(last), new Date())}
        </span>
      )}
    </button>
  );
}
