"use client";
/** What was answered to one message, beside the conversation. */
import { useTranslations } from "use-intl";
import type { Messaging } from "@/components/messaging";
import { SidePanel } from "@/components/ui/side-panel";
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

export function Refusal({ text }: { text: string | undefined }) {
  return (
    <p role="alert" className="px-5 text-sm text-bad empty:hidden">
      {text}
    </p>
  );
}
