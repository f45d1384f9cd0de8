"use client";
/** All conversations, a search over their messages, and the way to begin another. */
import { useDeferredValue, useState } from "react";
import { useTranslations } from "use-intl";
import { useInbox, useMessaging } from "@/components/messaging";
import { RoomProblem } from "@/components/room-problem";
import { Icon } from "@/components/ui/icon";
import { Skeleton } from "@/components/ui/skeleton";
import { type Names, useNames } from "@/components/use-names";
import type { Conversation } from "@/lib/messaging/types";
import { NewConversation } from "@/rooms/conversations/new-conversation";
import { OtherConversations } from "@/rooms/conversations/other-conversations";
import { ConversationRow } from "@/rooms/conversations/row";
import { SearchResults } from "@/rooms/conversations/search-results";

const WAITING = ["one", "two", "three", "four", "five"];

export function ConversationList({ chosen }: { chosen: string | null }) {
  const t = useTranslations("conversations");
  const names = useNames();
  const messaging = useMessaging();
  const me = messaging?.me;
  const { conversations, error } = useInbox();
  const [query, setQuery] = useState("");
  const asked = useDeferredValue(query.trim());
  return (
    <div className="flex h-full min-h-0 flex-col">
      <div className="flex items-center justify-between gap-2 px-4 pt-4 pb-2">
        <h1 className="text-xl font-semibold tracking-tight">{t("title")}</h1>
        {messaging?.mayWrite !== false && <NewConversation names={names} />}
      </div>
      <div className="relative px-4 pb-3">
        <Icon name="search" className="pointer-events-none absolute start-7 top-3 text-ink-soft" />
        <input
          type="search"
          value={query}
          aria-label={t("search.label")}
          placeholder={t("search.placeholder")}
          className="h-11 w-full rounded-lg border border-line-strong bg-raised ps-10 pe-3 placeholder:text-ink-soft"
          onChange={(event) => setQuery(event.target.value)}
          onKeyDown={(event) => event.key === "Escape" && setQuery("")}
        />
      </div>
      <div className="relative min-h-0 flex-1 overflow-y-auto overscroll-contain px-2 pb-4">
        {conversations && me ? (
          <Shown
            conversations={conversations}
            names={names}
            me={me}
            chosen={chosen}
            query={asked}
            onDone={() => setQuery("")}
          />
        ) : error ? (
          <RoomProblem error={error} onRetry={() => messaging?.inbox.fetch()} />
        ) : (
          <Waiting />
        )}
      </div>
    </div>
  );
}

type ShownProps = {
  conversations: readonly Conversation[];
  names: Names;
  me: string;
  chosen: string | null;
  query: string;
  onDone: () => void;
};

function Shown({ conversations, names, me, chosen, query, onDone }: ShownProps) {
  const t = useTranslations("conversations");
  const wanted = query.toLocaleLowerCase();
  const shown = conversations.filter(
    (each) =>
      (each.archived_at === null || each.id === chosen) &&
      (wanted === "" || names.titleOf(each).toLocaleLowerCase().includes(wanted)),
  );
  if (conversations.length === 0 && wanted === "") {
    return (
      <div className="px-3 py-8 text-center text-ink-soft">
        <p className="font-medium text-ink">{t("list.none.title")}</p>
        <p className="mt-1 text-sm">{t("list.none.text")}</p>
        <OtherConversations names={names} me={me} chosen={chosen} />
      </div>
    );
  }
  return (
    <>
      <ul aria-label={t("list.label")} className="flex flex-col gap-0.5">
        {shown.map((each) => (
          <ConversationRow
            key={each.id}
            conversation={each}
            names={names}
            me={me}
            isChosen={each.id === chosen}
          />
        ))}
      </ul>
      {query.length > 1 ? (
        <SearchResults query={query} conversations={conversations} names={names} onDone={onDone} />
      ) : (
        <OtherConversations names={names} me={me} chosen={chosen} />
      )}
    </>
  );
}

function Waiting() {
  return (
    <div className="flex flex-col gap-0.5">
      {WAITING.map((each) => (
        <div key={each} className="flex items-center gap-3 px-2.5 py-2">
          <Skeleton className="size-9 rounded-lg" />
          <div className="flex flex-1 flex-col gap-1.5">
            <Skeleton className="h-4 w-2/5" />
            <Skeleton className="h-4 w-4/5" />
          </div>
        </div>
      ))}
    </div>
  );
}
