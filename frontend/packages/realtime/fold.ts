/**
 * A part of a conversation's history, and how events change it. A message is changed only by an event that is newer
 * than its `version`, so that a page and the events around it may come in any order.
 */
import type { Message, Reaction, StreamEvent } from "./types";

/** `items` ascend by `seq` without a hole. `recent` are the events that a page still on its way may not know of. */
export type History<Attachment = unknown> = {
  epoch: string;
  items: readonly Message<Attachment>[];
  hasBefore: boolean;
  hasAfter: boolean;
  recent: readonly StreamEvent[];
  /** The last event that was taken; `items` of a newer page may know more. */
  seq: number;
};

/** What the API answers: `seq` is the head of the stream when it was read. */
export type Page<Attachment = unknown> = {
  items: Message<Attachment>[];
  epoch: string;
  seq: number;
  has_before: boolean;
  has_after: boolean;
};

const MOST_RECENT = 500;

export function historyFrom<A>(page: Page<A>): History<A> {
  return {
    epoch: page.epoch,
    items: page.items,
    hasBefore: page.has_before,
    hasAfter: page.has_after,
    recent: [],
    seq: page.seq,
  };
}

/** The history after one more event of its stream; the same object where nothing changed on the screen or beside it. */
export function afterEvent<A>(history: History<A>, event: StreamEvent): History<A> {
  if (event.epoch !== history.epoch || event.seq <= history.seq) return history;
  const recent = [...history.recent.slice(1 - MOST_RECENT), event];
  const changed = apply(history.items, event, !history.hasAfter);
  return { ...history, items: changed, recent, seq: event.seq };
}

/**
 * The history with an older or a newer page beside it. Null where the page does not fit: another epoch, or it is older
 * than the events that are still known; fetch anew then.
 */
export function withPage<A>(history: History<A>, page: Page<A>, side: "before" | "after"): History<A> | null {
  const oldest = history.recent[0]?.seq ?? history.seq + 1;
  if (page.epoch !== history.epoch || page.seq < oldest - 1) return null;
  const missed = history.recent.filter(({ seq }) => seq > page.seq);
  const isEnd = side === "after" && !page.has_after;
  const fresh = missed.reduce<readonly Message<A>[]>(
    (items, event) => apply(items, event, isEnd),
    page.items,
  );
  return {
    ...history,
    items: merged(history.items, fresh),
    hasBefore: side === "before" ? page.has_before : history.hasBefore,
    hasAfter: side === "after" ? page.has_after : history.hasAfter,
  };
}

/** At most `most` messages; those at the `far` side go, and come again as a page. */
export function trimmed<A>(history: History<A>, most: number, far: "before" | "after"): History<A> {
  if (history.items.length <= most) return history;
  return far === "before"
    ? { ...history, items: history.items.slice(-most), hasBefore: true }
    : { ...history, items: history.items.slice(0, most), hasAfter: true };
}

/** Both, in order, each message once in its newest version. */
function merged<A>(one: readonly Message<A>[], other: readonly Message<A>[]): Message<A>[] {
  const known = new Map(one.map((message) => [message.id, message]));
  for (const message of other) {
    const before = known.get(message.id);
    if (before === undefined || before.version < message.version) known.set(message.id, message);
  }
  return [...known.values()].sort((first, second) => first.seq - second.seq);
}

type Change<A> = (message: Message<A>, event: StreamEvent) => Partial<Message<A>>;

/** What an event does to the message that it names. */
const CHANGES: Record<string, Change<never>> = {
  "message.edited": (_, { data }) => ({
    text: data.text as string | null,
    unreadable: data.unreadable === true,
    mentions: data.mentions as string[],
    mentions_all: data.mentions_all === true,
    revision: data.revision as number,
    edited_at: data.edited_at as string,
  }),
  "message.deleted": (_, { data }) => ({
    text: null,
    unreadable: false,
    mentions: [],
    mentions_all: false,
    reactions: [],
    attachments: [],
    deleted_at: data.deleted_at as string,
  }),
  "message.updated": (_, { data }) => ({ attachments: data.attachments as never[] }),
  "reaction.added": ({ reactions }, { data }) => ({
    reactions: withReaction(reactions, data.emoji as string, data.user_id as string),
  }),
  "reaction.removed": ({ reactions }, { data }) => ({
    reactions: withoutReaction(reactions, data.emoji as string, data.user_id as string),
  }),
};

function apply<A>(items: readonly Message<A>[], event: StreamEvent, isEnd: boolean): readonly Message<A>[] {
  if (event.kind === "message.created") return withCreated(items, event, isEnd);
  const change = CHANGES[event.kind] as Change<A> | undefined;
  return change ? changed(items, String(event.data.message_id), event, change) : items;
}

function changed<A>(
  items: readonly Message<A>[],
  id: string,
  event: StreamEvent,
  change: Change<A>,
): readonly Message<A>[] {
  const at = items.findIndex((message) => message.id === id);
  const message = items[at];
  if (message === undefined || message.version >= event.seq) return items;
  return items.with(at, { ...message, ...change(message, event), version: event.seq });
}

/** A new message at the end, and one more reply at the message that began its thread. */
function withCreated<A>(
  items: readonly Message<A>[],
  event: StreamEvent,
  isEnd: boolean,
): readonly Message<A>[] {
  const message = createdMessage<A>(event);
  const { thread_root_id: root } = message;
  const counted =
    root === null
      ? items
      : changed(items, root, event, ({ reply_count }) => ({
          reply_count: reply_count + 1,
          last_reply_at: message.created_at,
        }));
  const isKnown = items.some(({ id }) => id === message.id);
  return isEnd && !isKnown ? [...counted, message] : counted;
}

/** The message that `message.created` tells of. */
export function createdMessage<A>({ stream, seq, actor_id, data }: StreamEvent): Message<A> {
  return {
    id: data.message_id as string,
    conversation_id: stream,
    seq,
    number: data.number as number,
    version: seq,
    sender_id: (data.sender_id ?? actor_id) as string,
    client_message_id: data.client_message_id as string,
    text: (data.text ?? null) as string | null,
    unreadable: data.unreadable === true,
    mentions: (data.mentions ?? []) as string[],
    mentions_all: data.mentions_all === true,
    thread_root_id: (data.thread_root_id ?? null) as string | null,
    reply_count: 0,
    last_reply_at: null,
    reactions: [],
    attachments: (data.attachments ?? []) as A[],
    revision: data.revision as number,
    created_at: data.created_at as string,
    edited_at: null,
    deleted_at: null,
  };
}

/** Emoji and people in the order in which the API gives them: by their characters. */
function withReaction(reactions: readonly Reaction[], emoji: string, user: string): Reaction[] {
  const users = reactions.find((each) => each.emoji === emoji)?.user_ids ?? [];
  const user_ids = [...new Set([...users, user])].sort();
  return [...reactions.filter((each) => each.emoji !== emoji), { emoji, user_ids }].sort((one, other) =>
    one.emoji < other.emoji ? -1 : 1,
  );
}

function withoutReaction(reactions: readonly Reaction[], emoji: string, user: string): Reaction[] {
  return reactions
    .map((each) =>
      each.emoji === emoji ? { emoji, user_ids: each.user_ids.filter((id) => id !== user) } : each,
    )
    .filter(({ user_ids }) => user_ids.length > 0);
}
