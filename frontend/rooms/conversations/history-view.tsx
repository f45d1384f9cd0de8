"use client";
/** The messages, followed as they come; older and newer ones are fetched as the reader goes there. */
import { type KeyboardEvent, useEffect, useMemo, useState } from "react";
import { useTranslations } from "use-intl";
import { Button } from "@/components/ui/button";
import { Icon } from "@/components/ui/icon";
import { Notice } from "@/components/ui/notice";
import { Skeleton } from "@/components/ui/skeleton";
import { Spinner } from "@/components/ui/spinner";
import type { Names } from "@/components/use-names";
import type { Feed, FeedState } from "@/lib/messaging/feed";
import type { Message } from "@/lib/messaging/types";
import { Announcer } from "@/rooms/conversations/announcer";
import { DayLine, NewLine } from "@/rooms/conversations/lines";
import { MessageRow } from "@/rooms/conversations/message-row";
import { OutgoingRow } from "@/rooms/conversations/outgoing-row";
import { rowsOf } from "@/rooms/conversations/rows-of";
import { SeenBy } from "@/rooms/conversations/seen-by";
import type { MessageActs } from "@/rooms/conversations/use-message-acts";
import { useScroll } from "@/rooms/conversations/use-scroll";

type Props = {
  feed: Feed;
  state: FeedState;
  names: Names;
  me: string;
  acts: MessageActs;
  label: string;
  /** Up to where the reader had read when they came; null where nothing was new, or it is not marked. */
  unreadAfter: number | null;
  /** A message to begin at. */
  foundAt: number | null;
  mayWrite: boolean;
  mayDelete: boolean;
  onThread: ((message: Message) => void) | undefined;
  onRead: ((seq: number) => void) | undefined;
  /** Read positions of the others, by person. */
  reads: ReadonlyMap<string, number> | undefined;
};

export function HistoryView(props: Props) {
  if (props.state.status === "loading") return <Waiting />;
  if (props.state.status === "failed") return <Failed onRetry={() => props.feed.show({})} />;
  return <Messages {...props} />;
}

function Messages(props: Props) {
  const {
    feed,
    state,
    names,
    me,
    acts,
    label,
    unreadAfter,
    foundAt,
    mayWrite,
    mayDelete,
    onThread,
    onRead,
    reads,
  } = props;
  const t = useTranslations("conversations.history");
  const { history, outgoing } = state;
  const [active, setActive] = useState<string | null>(null);
  const isThread = feed.root !== null;
  const shown = useMemo(
    () => history.items.filter(({ thread_root_id }) => isThread || thread_root_id === null),
    [history.items, isThread],
  );
  const rows = useMemo(() => rowsOf(shown, outgoing, me, unreadAfter), [shown, outgoing, me, unreadAfter]);
  const seqs = useMemo(() => new Map(shown.map((each) => [each.client_message_id, each.seq])), [shown]);
  const last = history.items.at(-1);
  const found = shown.find(({ seq }) => seq === foundAt);
  const scroll = useScroll({
    version: rows,
    begin: found?.client_message_id ?? (foundAt === null && unreadAfter !== null ? "new" : null),
    isEndThere: !history.hasAfter,
    onNearStart: feed.loadBefore,
    onNearEnd: feed.loadAfter,
    onSeen: (key) => {
      const seq = seqs.get(key);
      if (seq === undefined || !onRead || document.visibilityState !== "visible") return;
      // What stands after the last one shown, such as replies in threads, is read with it.
      onRead(key === shown.at(-1)?.client_message_id && !history.hasAfter ? (last?.seq ?? seq) : seq);
    },
  });
  useReadAgain(scroll.look);

  const walk = (event: KeyboardEvent<HTMLDivElement>) => {
    const at = event.target as HTMLElement;
    const key = at.dataset.row;
    if (key === undefined) return;
    const all = [...event.currentTarget.querySelectorAll<HTMLElement>("article[data-row]")];
    const next = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    all[all.indexOf(at) + next]?.focus();
  };
  const toLatest = async () => {
    if (history.hasAfter) await feed.show({});
    scroll.toEnd();
  };
  const lastOwn = shown.findLast(({ sender_id, deleted_at }) => sender_id === me && deleted_at === null);
  const firstKey = rows.findLast(({ kind }) => kind === "message")?.key;
  return (
    <div className="relative min-h-0 flex-1">
      <div
        ref={scroll.box}
        role="log"
        aria-live="off"
        aria-label={label}
        onScroll={scroll.look}
        onKeyDown={walk}
        onPointerLeave={({ pointerType }) => pointerType === "mouse" && setActive(null)}
        className="relative h-full overflow-y-auto overscroll-contain [overflow-anchor:none]"
      >
        <div className="flex min-h-full flex-col justify-end pt-8 pb-1">
          {history.hasBefore ? (
            <More />
          ) : (
            !isThread && <p className="px-5 pb-2 text-center text-sm text-ink-soft">{t("beginning")}</p>
          )}
          {rows.map((row) => {
            if (row.kind === "day") return <DayLine key={row.key} at={row.at} />;
            if (row.kind === "new") return <NewLine key={row.key} />;
            if (row.kind === "outgoing") {
              return (
                <OutgoingRow
                  key={row.key}
                  outgoing={row.outgoing}
                  isFirst={row.isFirst}
                  names={names}
                  me={me}
                  onRetry={() => void feed.retry(row.key)}
                  onDiscard={() => feed.discard(row.key)}
                />
              );
            }
            const { message } = row;
            return (
              <MessageRow
                key={row.key}
                message={message}
                isFirst={row.isFirst}
                names={names}
                me={me}
                acts={acts}
                mayWrite={mayWrite}
                mayDelete={mayDelete}
                isActive={active === row.key}
                isStop={(active ?? firstKey) === row.key}
                isFound={message.seq === foundAt}
                onActivate={() => setActive(row.key)}
                onThread={onThread && (() => onThread(message))}
                seenBy={
                  message === lastOwn &&
                  reads && <SeenBy message={message} reads={reads} names={names} me={me} />
                }
              />
            );
          })}
          {history.hasAfter && <More />}
        </div>
      </div>
      {(!scroll.isAtEnd || history.hasAfter) && (
        <Button
          tone="secondary"
          size="sm"
          onClick={toLatest}
          className="absolute end-4 bottom-2 rounded-full! shadow-card"
        >
          <Icon name="down" className="size-4" />
          {t("latest")}
        </Button>
      )}
      <Announcer messages={shown} names={names} me={me} />
    </div>
  );
}

/** What came while nobody looked is read when they do. */
function useReadAgain(look: () => void) {
  useEffect(() => {
    document.addEventListener("visibilitychange", look);
    return () => document.removeEventListener("visibilitychange", look);
  }, [look]);
}

function More() {
  const t = useTranslations("common");
  return (
    <p className="flex justify-center py-4">
      <Spinner />
      <span className="sr-only">{t("loading")}</span>
    </p>
  );
}

function Failed({ onRetry }: { onRetry: () => unknown }) {
  const t = useTranslations("conversations.history");
  const common = useTranslations("common");
  const again = (
    <Button tone="secondary" size="sm" onClick={onRetry}>
      {common("retry")}
    </Button>
  );
  return (
    <div className="min-h-0 flex-1 p-4">
      <Notice live tone="warn" title={t("failed")} actions={again} />
    </div>
  );
}

const WAITING = ["w-3/5", "w-2/5", "w-4/5", "w-1/2"];

function Waiting() {
  return (
    <div className="flex min-h-0 flex-1 flex-col justify-end gap-5 overflow-hidden px-5 pb-6">
      {WAITING.map((width) => (
        <div key={width} className="flex gap-3">
          <Skeleton className="size-9 rounded-lg" />
          <div className="flex flex-1 flex-col gap-2">
            <Skeleton className="h-4 w-32" />
            <Skeleton className={`h-4 ${width}`} />
          </div>
        </div>
      ))}
    </div>
  );
}
