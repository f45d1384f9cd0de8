"use client";
/** One conversation: its head, its history, and where one writes. */
import { useEffect, useMemo, useState } from "react";
import { useTranslations } from "use-intl";
import { Link } from "@/components/link";
import { type Messaging, usePresence } from "@/components/messaging";
import { ButtonLink } from "@/components/ui/button";
import { Icon } from "@/components/ui/icon";
import { IconButton, iconButtonClasses } from "@/components/ui/icon-button";
import { type Names, otherOf } from "@/components/use-names";
import type { Conversation } from "@/lib/messaging/types";
import { Avatar } from "@/rooms/conversations/avatar";
import { Composer } from "@/rooms/conversations/composer";
import { Details } from "@/rooms/conversations/details";
import { HistoryView } from "@/rooms/conversations/history-view";
import { usePresenceText } from "@/rooms/conversations/presence-text";
import { Refusal, Thread } from "@/rooms/conversations/thread";
import { TypingLine } from "@/rooms/conversations/typing-line";
import { useFeed } from "@/rooms/conversations/use-feed";
import { useMessageActs } from "@/rooms/conversations/use-message-acts";
import { useTakingPart } from "@/rooms/conversations/use-reads";

type Props = { messaging: Messaging; conversation: Conversation; names: Names; foundAt: number | null };
type Side = { kind: "details" } | { kind: "thread"; root: string } | null;

export function ConversationView({ messaging, conversation, names, foundAt }: Props) {
  const t = useTranslations("conversations");
  const { id } = conversation;
  const { me, client, inbox } = messaging;
  // As it was when the reader came: what they read meanwhile stays marked until they come again.
  const [unreadAfter] = useState(() => (conversation.unread > 0 ? conversation.read_seq : null));
  const begin = foundAt ?? unreadAfter;
  const { feed, state } = useFeed(messaging, id, null, begin === null ? {} : { around: Math.max(1, begin) });
  const acts = useMessageActs();
  const [side, setSide] = useState<Side>(null);
  const { members, reads } = useTakingPart(messaging, id);
  useEffect(() => {
    if (foundAt !== null && feed.getState().status === "ready") void feed.show({ around: foundAt });
  }, [feed, foundAt]);
  const candidates = useMemo(() => {
    const others = members.filter(({ user_id }) => user_id !== me);
    const named = others.map(({ user_id, role }) => ({
      id: user_id,
      name: names.nameOf(user_id),
      isAssistant: role === "assistant",
    }));
    return conversation.kind === "direct" ? named : [...named, { id: "all", name: names.nameOf("all") }];
  }, [members, me, names, conversation.kind]);
  const title = names.titleOf(conversation);
  if (state.status === "gone") return <Gone />;
  const send = async (text: string, files: string[]) => {
    if (state.history.hasAfter) await feed.show({});
    await feed.send(text, files);
  };
  return (
    <div className="relative flex min-h-0 min-w-0 flex-1">
      <section aria-label={title} className="flex min-h-0 min-w-0 flex-1 flex-col">
        <Head
          conversation={conversation}
          names={names}
          me={me}
          onDetails={() => setSide({ kind: "details" })}
        />
        <HistoryView
          feed={feed}
          state={state}
          names={names}
          me={me}
          acts={acts}
          mayWrite={messaging.mayWrite && conversation.archived_at === null}
          label={t("history.label", { title })}
          unreadAfter={unreadAfter}
          foundAt={foundAt}
          mayDelete={conversation.role === "admin"}
          onThread={(message) => setSide({ kind: "thread", root: message.id })}
          onRead={(seq) => inbox.markRead(id, seq)}
          reads={reads}
        />
        <Refusal text={acts.refusal} />
        <TypingLine conversation={id} nameOf={names.nameOf} />
        {conversation.archived_at === null && messaging.mayWrite ? (
          <Composer
            conversation={id}
            root={null}
            label={t("composer.label", { title })}
            names={names}
            candidates={candidates}
            onTyping={() => client.typing.tell(id)}
            onSend={(text, files) => void send(text, files)}
          />
        ) : (
          <p className="px-5 pb-5 text-center text-sm text-ink-soft">
            {t(conversation.archived_at === null ? "only_read" : "archived")}
          </p>
        )}
      </section>
      {side?.kind === "thread" && (
        <Thread
          key={side.root}
          messaging={messaging}
          conversation={conversation}
          root={side.root}
          names={names}
          candidates={candidates}
          onClose={() => setSide(null)}
        />
      )}
      {side?.kind === "details" && (
        <Details
          messaging={messaging}
          conversation={conversation}
          members={members}
          names={names}
          onClose={() => setSide(null)}
        />
      )}
    </div>
  );
}

type HeadProps = { conversation: Conversation; names: Names; me: string; onDetails: () => void };

function Head({ conversation, names, me, onDetails }: HeadProps) {
  const t = useTranslations("conversations");
  const other = otherOf(conversation, me);
  const presenceText = usePresenceText();
  const presence = usePresence(other);
  const title = names.titleOf(conversation);
  const isAssistant = names.isAssistant(other);
  return (
    <header className="flex h-16 shrink-0 items-center gap-3 border-b border-line ps-2 pe-2 sm:ps-5">
      <Link href="/conversations/" aria-label={t("back")} className={iconButtonClasses(false, "md:hidden!")}>
        <Icon name="back" className="rtl:-scale-x-100" />
      </Link>
      <Avatar
        id={other ?? conversation.id}
        name={title}
        presenceOf={isAssistant ? undefined : other}
        {...(conversation.kind !== "direct" && {
          icon: conversation.kind === "support" ? ("life" as const) : ("users" as const),
        })}
      />
      <div className="min-w-0 flex-1">
        <h2 className="truncate font-semibold">{title}</h2>
        <p className="truncate text-xs text-ink-soft">
          {isAssistant
            ? t("assistant")
            : other
              ? presenceText(presence)
              : t("members", { count: conversation.member_count })}
        </p>
      </div>
      <IconButton icon="info" label={t("details.title")} onClick={onDetails} />
    </header>
  );
}

export function Gone() {
  const t = useTranslations("conversations.gone");
  return (
    <div className="flex flex-1 flex-col items-center justify-center gap-2 p-6 text-center">
      <h2 className="text-lg font-semibold">{t("title")}</h2>
      <p className="max-w-sm text-ink-soft">{t("text")}</p>
      <ButtonLink tone="secondary" href="/conversations/" className="mt-2">
        {t("back")}
      </ButtonLink>
    </div>
  );
}
