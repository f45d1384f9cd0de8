/**
 * All conversations of the person, kept up to date by their streams. What the API answers and what the streams tell is
 * folded by `seq`, so that neither undoes the other, in whatever order they come.
 */
import { afterConversationEvent, newerConversation } from "@/lib/messaging/conversation-fold";
import { fetchConversation, fetchConversations, MOST_CONVERSATIONS } from "@/lib/messaging/queries";
import type { Conversation } from "@/lib/messaging/types";
import type { RealtimeClient, StreamEvent } from "@/packages/realtime";

/** What somebody who looks at one conversation hears of its stream. */
export type Listener = { onEvent: (event: StreamEvent) => void; onResync: () => void; onGone: () => void };
/** `onAnew`: what was fetched before may lack something. */
export type OwnListener = { onEvent: (event: StreamEvent) => void; onAnew: () => void };
export type InboxState = {
  /** The most recently active first; undefined until they have come. */
  conversations: readonly Conversation[] | undefined;
  error: Error | undefined;
};

type Api = { list: () => Promise<Conversation[]>; one: (id: string) => Promise<Conversation> };
const REAL: Api = { list: fetchConversations, one: fetchConversation };

export class Inbox {
  private state: InboxState = { conversations: undefined, error: undefined };
  private readonly known = new Map<string, Conversation>();
  private readonly unfollow = new Map<string, () => void>();
  private readonly changed = new Set<() => void>();
  private readonly listeners = new Map<string, Set<Listener>>();
  private readonly own = new Set<OwnListener>();
  private stopOwn = () => {};
  private isOver = false;

  constructor(
    private readonly client: RealtimeClient,
    readonly me: string,
    private readonly api: Api = REAL,
  ) {}

  /** Follows the person's own stream first, so that nothing falls between the list and its changes. */
  start(): void {
    this.stopOwn = this.client.follow(this.me, null, {
      onBegin: () => this.anew(),
      onEvent: (event) => this.ownEvent(event),
      onResync: () => this.anew(),
      onRefused: () => undefined,
    });
    void this.fetch();
  }

  stop(): void {
    this.isOver = true;
    this.stopOwn();
    for (const end of this.unfollow.values()) end();
    this.unfollow.clear();
  }

  readonly getState = (): InboxState => this.state;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.changed.add(listener);
    return () => this.changed.delete(listener);
  };

  /** Hears the stream of one conversation. */
  listen(id: string, listener: Listener): () => void {
    const here = this.listeners.get(id) ?? new Set();
    this.listeners.set(id, here.add(listener));
    return () => here.delete(listener);
  }

  /** Hears the person's own stream. */
  listenOwn(listener: OwnListener): () => void {
    this.own.add(listener);
    return () => this.own.delete(listener);
  }

  /** Asks for all conversations; what the streams told since stays. */
  readonly fetch = async (): Promise<void> => {
    try {
      const before = [...this.known.values()];
      const items = await this.api.list();
      for (const each of items) this.put(each);
      const there = new Set(items.map(({ id }) => id));
      const isWhole = items.length < MOST_CONVERSATIONS;
      // What was joined meanwhile, or is in the archive, is not in the list either.
      for (const { id, archived_at } of before)
        if (isWhole && archived_at === null && !there.has(id)) this.drop(id);
      this.publish(undefined);
    } catch (error) {
      this.publish(error as Error);
    }
  };

  /** One conversation that is not in the list, or was changed just now. */
  async refresh(id: string): Promise<Conversation> {
    const conversation = await this.api.one(id);
    this.put(conversation);
    this.publish(undefined);
    return this.known.get(id) ?? conversation;
  }

  /** What the person has read is read at once, before the server says so. */
  markRead(id: string, seq: number): void {
    const known = this.known.get(id);
    if (known === undefined || seq <= known.read_seq) return;
    this.client.read(id, seq);
    const isAll = seq >= (known.last_message?.seq ?? 0);
    this.known.set(id, { ...known, read_seq: seq, ...(isAll && { unread: 0, mentions: 0 }) });
    this.publish(undefined);
  }

  private put(conversation: Conversation): void {
    if (this.isOver) return;
    const { id, epoch, seq } = conversation;
    const known = this.known.get(id);
    const newer = newerConversation(conversation, known);
    // A position that was read here and has not arrived there yet stays.
    const isBehind = known !== undefined && known.read_seq > newer.read_seq;
    this.known.set(
      id,
      isBehind
        ? { ...newer, read_seq: known.read_seq, unread: known.unread, mentions: known.mentions }
        : newer,
    );
    if (this.unfollow.has(id)) return;
    const end = this.client.follow(
      id,
      { epoch, seq },
      {
        onEvent: (event) => this.conversationEvent(id, event),
        onResync: () => {
          for (const listener of this.listeners.get(id) ?? []) listener.onResync();
          this.known.delete(id);
          void this.refresh(id).catch(() => undefined);
        },
        onRefused: () => {
          this.unfollow.delete(id);
          this.drop(id);
          this.publish(undefined);
        },
      },
    );
    this.unfollow.set(id, end);
  }

  private drop(id: string): void {
    this.known.delete(id);
    this.unfollow.get(id)?.();
    this.unfollow.delete(id);
    for (const listener of this.listeners.get(id) ?? []) listener.onGone();
  }

  private conversationEvent(id: string, event: StreamEvent): void {
    const known = this.known.get(id);
    if (known) this.known.set(id, afterConversationEvent(known, event, this.me));
    for (const listener of this.listeners.get(id) ?? []) listener.onEvent(event);
    this.publish(undefined);
  }

  private ownEvent(event: StreamEvent): void {
    const id = String(event.data.conversation_id);
    if (event.kind === "conversation.joined") void this.refresh(id).catch(() => undefined);
    else if (event.kind === "conversation.left") this.drop(id);
    else if (event.kind === "read.moved") this.change(id, readOf(event));
    else if (event.kind === "conversation.muted")
      this.change(id, { muted_until: (event.data.muted_until ?? null) as string | null });
    this.tellOwn(event);
    this.publish(undefined);
  }

  private change(id: string, change: Partial<Conversation>): void {
    const known = this.known.get(id);
    // What was read here goes ahead of what the server tells of it.
    if (known && (change.read_seq ?? known.read_seq) >= known.read_seq)
      this.known.set(id, { ...known, ...change });
  }

  private tellOwn(event: StreamEvent): void {
    for (const { onEvent } of [...this.own]) onEvent(event);
  }

  private anew(): void {
    void this.fetch();
    for (const { onAnew } of [...this.own]) onAnew();
  }

  private publish(error: Error | undefined): void {
    if (this.isOver) return;
    const sorted = [...this.known.values()].sort((one, other) =>
      other.last_activity_at.localeCompare(one.last_activity_at),
    );
    const isEmpty = error !== undefined && this.state.conversations === undefined;
    this.state = { conversations: isEmpty ? undefined : sorted, error };
    for (const listener of [...this.changed]) listener();
  }
}

function readOf({ data }: StreamEvent): Partial<Conversation> {
  return {
    read_seq: data.read_seq as number,
    unread: data.unread as number,
    mentions: (data.mentions ?? 0) as number,
  };
}
