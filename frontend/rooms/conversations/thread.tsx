"use client";
/** What was answered to one message, beside the conversation. */
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import type { Messaging } from "@/components/messaging";
import { IconButton } from "@/components/ui/icon-button";
import type { Names } from "@/components/use-names";
import type { Conversation } from "@/lib/messaging/types";
import { Composer } from "@/rooms/conversations/composer";
import { HistoryView } from "@/rooms/conversations/history-view";
import { useFeed } from "@/rooms/conversations/use-feed";
import type { Candidate } from "@/rooms/conversations/use-mentions";
import { useMessageActs } from "@/rooms/conversations/use-message-acts";

type Props = {
  messaging: Messaging;
  conversation: Conversation;
  root: string;
  names: Names;
  candidates: readonly Candidate[];
  onClose: () => void;
};

export function Thread({ messaging, conversation, root, names, candidates, onClose }: Props) {
  const t = useTranslations("conversations.thread");
  const { feed, state } = useFeed(messaging, conversation.id, root, {});
  const acts = useMessageActs();
  return (
    <SidePanel title={t("title")} onClose={onClose}>
      <HistoryView
        feed={feed}
        state={state}
        names={names}
        me={messaging.me}
        acts={acts}
        mayWrite={messaging.mayWrite && conversation.archived_at === null}
        label={t("label")}
        unreadAfter={null}
        foundAt={null}
        mayDelete={conversation.role === "admin"}
        onThread={undefined}
        onRead={undefined}
        reads={undefined}
      />
      <Refusal text={acts.refusal} />
      {conversation.archived_at === null && messaging.mayWrite && (
        <Composer
          conversation={conversation.id}
          root={root}
          label={t("write")}
          names={names}
          candidates={candidates}
          onTyping={() => messaging.client.typing.tell(conversation.id)}
          onSend={(text, files) => void feed.send(text, files)}
        />
      )}
    </SidePanel>
  );
}

/** Beside the conversation where there is room, else in its place. */
export function SidePanel({
  title,
  onClose,
  children,
}: {
  title: string;
  onClose: () => void;
  children: ReactNode;
}) {
  const common = useTranslations("common");
  return (
    <aside
      aria-label={title}
      className="absolute inset-0 z-10 flex min-h-0 flex-col border-line bg-raised xl:static xl:w-96 xl:shrink-0 xl:border-s"
    >
      <div className="flex h-16 shrink-0 items-center justify-between border-b border-line ps-5 pe-2">
        <h2 className="truncate font-semibold">{title}</h2>
        <IconButton icon="close" label={common("close")} onClick={onClose} />
      </div>
      {children}
    </aside>
  );
}

export function Refusal({ text }: { text: string | undefined }) {
  return (
    <p role="alert" className="px-5 text-sm text-bad empty:hidden">
      {text}
    </p>
  );
}
