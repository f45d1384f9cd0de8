"use client";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useLocale, useTranslations } from "use-intl";
import { Icon } from "@/components/ui/icon";
import { IconButton } from "@/components/ui/icon-button";
import { Spinner } from "@/components/ui/spinner";
import { useRights } from "@/lib/ai/rights";
import { addable } from "@/lib/ai/sharing";
import { useProblemText } from "@/lib/api/use-problem-text";
import { sizeText } from "@/lib/figures";
import type { Message } from "@/lib/messaging/types";
import { type Attachment, linkTo } from "@/lib/messaging/upload";
import { AddToKnowledge } from "@/rooms/conversations/add-to-knowledge";

const LINK_LASTS_MS = 4 * 60_000;

/** The files of a message: pictures as such, others by name and size; what is not yet checked cannot be opened. */
export function AttachmentList({ message }: { message: Message }) {
  const t = useTranslations("conversations.files");
  const attachments = attachmentsOf(message);
  if (attachments.length === 0) return null;
  return (
    <ul aria-label={t("label")} className="mt-1 flex flex-wrap gap-2">
      {attachments.map((attachment) => (
        <li key={attachment.id} className="flex max-w-full flex-wrap items-center gap-1">
          <AttachmentView conversation={message.conversation_id} attachment={attachment} />
          <AddButton conversation={message.conversation_id} attachment={attachment} />
        </li>
      ))}
    </ul>
  );
}

export function attachmentsOf(message: Message): Attachment[] {
  return message.attachments as unknown as Attachment[];
}

function AddButton({ conversation, attachment }: { conversation: string; attachment: Attachment }) {
  const t = useTranslations("conversations");
  const rights = useRights();
  if (!rights?.mayAdd || addable([attachment]).length === 0) return null;
  const name = attachment.file_name ?? t("files.unnamed");
  return (
    <AddToKnowledge
      conversation={conversation}
      files={[attachment]}
      trigger={<IconButton small icon="book" label={t("knowledge.add_one", { name })} />}
    />
  );
}

function AttachmentView({ conversation, attachment }: { conversation: string; attachment: Attachment }) {
  const t = useTranslations("conversations.files");
  const locale = useLocale();
  const { textOf } = useProblemText();
  const [failed, setFailed] = useState<string>();
  const { id, state, size, preview } = attachment;
  const name = attachment.file_name ?? t("unnamed");
  const open = async () => {
    try {
      window.location.assign(await linkTo(conversation, id, false));
      setFailed(undefined);
    } catch (error) {
      setFailed(textOf(error));
    }
  };
  const isReady = state === "ready";
  const sized = sizeText(size, locale);
  return (
    <>
      <button
        type="button"
        disabled={!isReady}
        onClick={open}
        // Says all that is seen, too.
        aria-label={isReady ? t("download", { name: `${name} ${sized}` }) : undefined}
        className="flex max-w-80 min-w-0 flex-col overflow-hidden rounded-lg border border-line bg-raised text-start hover:border-line-strong disabled:cursor-default"
      >
        {isReady && preview && <Preview conversation={conversation} attachment={attachment} name={name} />}
        <span className="flex w-full items-center gap-2 px-3 py-2">
          {state === "checking" || state === "uploading" ? (
            <Spinner />
          ) : (
            <Icon name="file" className="text-ink-soft" />
          )}
          <span className="min-w-0">
            <span className="block truncate text-sm font-medium">{name}</span>{" "}
            <span className="block text-xs text-ink-soft">
              {isReady ? sized : t(state === "refused" ? "refused" : "checking")}
            </span>
          </span>
        </span>
      </button>
      {failed && (
        <p role="alert" className="order-last basis-full text-sm text-bad">
          {failed}
        </p>
      )}
    </>
  );
}

function Preview({
  conversation,
  attachment,
  name,
}: {
  conversation: string;
  attachment: Attachment;
  name: string;
}) {
  const { data } = useQuery({
    queryKey: ["attachment-preview", attachment.id],
    queryFn: () => linkTo(conversation, attachment.id, true),
    staleTime: LINK_LASTS_MS,
  });
  const { width = 4, height = 3 } = attachment.preview ?? {};
  return (
    // Its size is known before it comes, so that nothing moves.
    <span className="block max-w-full bg-sunken">
      {data ? (
        // biome-ignore lint/performance/noImgElement: the address is signed and of another host
        <img src={data} alt={name} width={width} height={height} className="max-h-72 w-auto object-contain" />
      ) : (
        <svg aria-hidden="true" width={width} height={height} className="max-h-72 max-w-full" />
      )}
    </span>
  );
}
