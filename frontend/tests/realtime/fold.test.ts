import { describe, expect, it } from "vitest";
import {
  afterEvent,
  type History,
  historyFrom,
  type Message,
  type Page,
  type StreamEvent,
  trimmed,
  withPage,
} from "@/packages/realtime";
import { chance } from "./random";

/** A conversation as the server keeps it: each act changes the messages and adds one event. */
class Conversation {
  readonly messages: Message[] = [];
  readonly events: StreamEvent[] = [];
  private epoch = "one";

  page(query: { before?: number; after?: number; limit: number }): Page {
    const all = this.messages.map((message) => structuredClone(message));
    const later = all.filter(({ seq }) => seq > (query.after ?? 0));
    const fitting = later.filter(({ seq }) => seq < (query.before ?? Number.POSITIVE_INFINITY));
    const items = query.after === undefined ? fitting.slice(-query.limit) : fitting.slice(0, query.limit);
    return {
      items,
      epoch: this.epoch,
      seq: this.events.length,
      has_before: items.length > 0 && all[0]?.seq !== items[0]?.seq,
      has_after: items.length > 0 && all.at(-1)?.seq !== items.at(-1)?.seq,
    };
  }

  create(sender: string, root: Message | undefined): void {
    const id = `m${this.messages.length}`;
    const at = `at ${this.events.length}`;
    const data = {
      message_id: id,
      number: this.messages.length + 1,
      sender_id: sender,
      client_message_id: `client-${id}`,
      thread_root_id: root?.id ?? null,
      mentions: [],
      mentions_all: false,
      attachments: [],
      revision: 1,
      created_at: at,
      text: `text of ${id}`,
      unreadable: false,
    };
    const seq = this.add("message.created", data, sender);
    const { message_id, ...rest } = data;
    const none = { reply_count: 0, last_reply_at: null, reactions: [], edited_at: null, deleted_at: null };
    this.messages.push({ id: message_id, conversation_id: "c", seq, version: seq, ...rest, ...none });
    if (root) Object.assign(root, { reply_count: root.reply_count + 1, last_reply_at: at, version: seq });
  }

  edit(message: Message): void {
    const changed = {
      text: `${message.text}!`,
      revision: message.revision + 1,
      mentions: [],
      mentions_all: false,
      edited_at: "now",
    };
    this.change(message, "message.edited", { ...changed, unreadable: false }, changed);
  }

  delete(message: Message): void {
    const emptied = {
      text: null,
      mentions: [],
      mentions_all: false,
      reactions: [],
      attachments: [],
      unreadable: false,
    };
    this.change(message, "message.deleted", { deleted_at: "now" }, { ...emptied, deleted_at: "now" });
  }

  react(message: Message, emoji: string, user: string): void {
    const known = message.reactions.find((each) => each.emoji === emoji);
    if (known?.user_ids.includes(user)) {
      known.user_ids = known.user_ids.filter((each) => each !== user);
      const reactions = message.reactions.filter(({ user_ids }) => user_ids.length > 0);
      this.change(message, "reaction.removed", { emoji, user_id: user }, { reactions });
    } else {
      if (known) known.user_ids = [...known.user_ids, user].sort();
      else message.reactions.push({ emoji, user_ids: [user] });
      message.reactions.sort((one, other) => (one.emoji < other.emoji ? -1 : 1));
      this.change(message, "reaction.added", { emoji, user_id: user }, {});
    }
  }

  other(): void {
    this.add("member.added", { user_id: "x" }, "a");
  }

  private change(message: Message, kind: string, data: object, changed: Partial<Message>): void {
    const seq = this.add(kind, { message_id: message.id, ...data }, "a");
    Object.assign(message, changed, { version: seq });
  }

  private add(kind: string, data: Record<string, unknown>, actor: string): number {
    const seq = this.events.length + 1;
    this.events.push({
      stream: "c",
      epoch: this.epoch,
      seq,
      kind,
      actor_id: actor,
      at: "",
      data: structuredClone(data),
    });
    return seq;
  }
}

function act(conversation: Conversation, luck: ReturnType<typeof chance>): void {
  const living = conversation.messages.filter(({ deleted_at }) => deleted_at === null);
  const message = living.length > 0 ? luck.of(living) : undefined;
  const root = message?.thread_root_id === null && luck.number() < 0.3 ? message : undefined;
  const kind = message ? luck.below(8) : 0;
  if (message === undefined || kind < 3) conversation.create(luck.of(["a", "b"]), root);
  else if (kind === 3) conversation.edit(message);
  else if (kind === 4) conversation.delete(message);
  else if (kind < 7) conversation.react(message, luck.of(["👍", "🎉"]), luck.of(["a", "b", "c"]));
  else conversation.other();
}

/** Older and newer pages come late, between events, until everything is there. */
function viewed(conversation: Conversation, luck: ReturnType<typeof chance>): History {
  for (let count = 0; count < 30; count++) act(conversation, luck);
  const middle = luck.below(conversation.events.length) + 1;
  let history = historyFrom(conversation.page({ before: middle + 10, limit: 5 }));
  let told = history.seq;
  const pages: { page: Page; side: "before" | "after" }[] = [];
  const tell = (count: number) => {
    for (const event of conversation.events.slice(told, told + count)) history = afterEvent(history, event);
    told = Math.min(conversation.events.length, told + count);
  };
  const ask = () => {
    const [first, last] = [history.items[0], history.items.at(-1)];
    if (first && history.hasBefore && luck.number() < 0.5)
      pages.push({ page: conversation.page({ before: first.seq, limit: 5 }), side: "before" });
    else if (last && history.hasAfter)
      pages.push({ page: conversation.page({ after: last.seq, limit: 5 }), side: "after" });
  };
  for (let step = 0; step < 400; step++) {
    if (step < 60) act(conversation, luck);
    if (pages.length === 0) ask();
    tell(luck.below(4));
    const next = luck.number() < 0.5 ? pages.shift() : undefined;
    if (next) history = withPage(history, next.page, next.side) ?? expect.unreachable();
    // For a while it keeps only a part, and loses what is far away.
    if (step < 150) history = trimmed(history, 20, next?.side === "before" ? "after" : "before");
  }
  tell(conversation.events.length);
  return history;
}

describe("a history", () => {
  it("is what a fresh fetch gives, in whatever order its pages and events came", () => {
    for (let seed = 1; seed <= 200; seed++) {
      const conversation = new Conversation();
      const history = viewed(conversation, chance(seed));
      expect(history.items, `seed ${seed}`).toEqual(conversation.page({ limit: 10_000 }).items);
      expect([history.hasBefore, history.hasAfter]).toEqual([false, false]);
    }
  });

  it("takes an event once, and only of its own epoch", () => {
    const conversation = new Conversation();
    conversation.create("a", undefined);
    const [event] = conversation.events;
    if (!event) return expect.unreachable();
    const empty = historyFrom({ items: [], epoch: "one", seq: 0, has_before: false, has_after: false });
    const once = afterEvent(empty, event);
    expect(once.items).toHaveLength(1);
    expect(afterEvent(once, event)).toBe(once);
    expect(afterEvent(empty, { ...event, epoch: "two" })).toBe(empty);
  });

  it("does not show what is new beside a hole", () => {
    const conversation = new Conversation();
    for (let count = 0; count < 9; count++) conversation.create("a", undefined);
    const history = historyFrom(conversation.page({ before: 4, limit: 3 }));
    conversation.create("a", undefined);
    const [newest] = conversation.events.slice(-1);
    if (!newest) return expect.unreachable();
    expect(afterEvent(history, newest).items.map(({ seq }) => seq)).toEqual([1, 2, 3]);
  });

  it("does not take a page that is older than the events it still knows", () => {
    const conversation = new Conversation();
    conversation.create("a", undefined);
    const stale = conversation.page({ limit: 5 });
    conversation.edit(conversation.messages[0] as Message);
    expect(withPage(historyFrom(conversation.page({ limit: 5 })), stale, "before")).toBeNull();
  });
});
