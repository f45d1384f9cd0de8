"use client";
import { useTranslations } from "use-intl";
import { ConfirmDialog } from "@/components/ui/dialog";
import { IconButton } from "@/components/ui/icon-button";
import { useRights } from "@/lib/ai/rights";
import { addable } from "@/lib/ai/sharing";
import type { Message } from "@/lib/messaging/types";
import { AddToKnowledge } from "@/rooms/conversations/add-to-knowledge";
import { attachmentsOf } from "@/rooms/conversations/attachment-list";
import { EmojiPicker, QUICK } from "@/rooms/conversations/emoji";
import type { MessageActs } from "@/rooms/conversations/use-message-acts";

type Props = {
  message: Message;
  isOwn: boolean;
  /** Also what others wrote. */
  mayDelete: boolean;
  acts: MessageActs;
  onEdit: () => void;
  onThread: (() => void) | undefined;
};

/** Above the corner of the message that one is at. */
export function MessageActions({ message, isOwn, mayDelete, acts, onEdit, onThread }: Props) {
  const t = useTranslations("conversations.actions");
  const common = useTranslations("common");
  const rights = useRights();
  const { text } = message;
  const files = rights?.mayAdd ? addable(attachmentsOf(message)) : [];
  return (
    <div
      role="toolbar"
      aria-label={t("label")}
      className="absolute end-3 -top-4 z-10 flex items-center rounded-lg border border-line bg-raised p-0.5 shadow-card pointer-coarse:-top-10"
    >
      <button
        type="button"
        aria-label={t("react_with", { emoji: QUICK[0] })}
        className="hidden size-8 items-center justify-center rounded-md hover:bg-sunken sm:inline-flex pointer-coarse:size-11"
        onClick={() => acts.react(message, QUICK[0], true)}
      >
        {QUICK[0]}
      </button>
      <EmojiPicker small label={t("react")} onChoose={(emoji) => acts.react(message, emoji, true)} />
      {onThread && <IconButton small icon="reply" label={t("thread")} onClick={onThread} />}
      {text && <IconButton small icon="copy" label={t("copy")} onClick={() => acts.copy(text)} />}
      {files.length > 0 && (
        <AddToKnowledge
          conversation={message.conversation_id}
          files={files}
          trigger={<IconButton small icon="book" label={t("knowledge", { count: files.length })} />}
        />
      )}
      {isOwn && <IconButton small icon="edit" label={t("edit")} onClick={onEdit} />}
      {(isOwn || mayDelete) && (
        <ConfirmDialog
          trigger={<IconButton small icon="trash" label={t("delete")} />}
          title={t("delete_title")}
          confirm={t("delete")}
          dismiss={common("cancel")}
          onConfirm={() => acts.remove(message)}
        >
          {t("delete_text")}
        </ConfirmDialog>
      )}
    </div>
  );
}
