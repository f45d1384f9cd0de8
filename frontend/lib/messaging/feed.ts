/** One conversation, or one thread of it, as it is looked at: a window of its history, and what is being sent. */
import { api, data } from "@/lib/api/client";
import type { Inbox } from "@/lib/messaging/inbox";
import type { Message } from "@/lib/messaging/types";
import {
  afterEvent,
  type History,
  historyFrom,
  type Page,
  type RealtimeClient,
  type StreamEvent,
  trimmed,
  withPage,
} from "@/packages/realtime";

export type Attachment = Message["attachments"][number];
export type Outgoing = {
  client_message_id: string;
  text: string;
  attachment_ids: string[];
  at: string;
  /** `sent` is acknowledged, and its event not yet here; `failed` was refused with a code. */
  state: "sending" | "sent" | "failed";
  code?: string;
};
export type FeedState = {
  status: "loading" | "ready" | "failed" | "gone";
  history: History<Attachment>;
  outgoing: readonly Outgoing[];
  error: Error | undefined;
  isLoading: "before" | "after" | null;
};

const PAGE = 50;
/** How many messages stand in the page at most; the others come again when one goes there. */
const MOST = 250;
const NOTHING: Page<Attachment> = { items: [], epoch: "", seq: 0, has_before: false, has_after: false };

export type Where = { before?: number; after?: number; around?: number };

type Pages = (conversation: string, root: string | null, where: Where) => Promise<Page<Attachment>>;

/** A page of a conversation, or of the thread under `root`, which stands before its first reply. */
async function fetchPage(conversation: string, root: string | null, where: Where): Promise<Page<Attachment>> {
  const path = { conversation_id: conversation };
  const query = { limit: PAGE, ...where };
  const all = "/v1/conversations/{conversation_id}/messages" as const;
  if (root === null) return data(api.GET(all, { params: { path, query } }));
  const params = { path: { ...path, message_id: root } };
  const [replies, first] = await Promise.all([
    data(api.GET(`${all}/{message_id}/replies`, { params: { ...params, query } })),
    data(api.GET(`${all}/{message_id}`, { params })),
  ]);
  return replies.has_before ? replies : { ...replies, items: [first, ...replies.items] };
}

export class Feed {
  private state: FeedState = {
    status: "loading",
    history: historyFrom(NOTHING),
    outgoing: [],
    error: undefined,
    isLoading: null,
  };
  private readonly changed = new Set<() => void>();
  /** What happens while a first page is on its way. */
  private early: StreamEvent[] = [];
  private turn = 0;
  private stopListening = () => {};

  constructor(
    private readonly client: RealtimeClient,
    private readonly inbox: Inbox,
    readonly conversation: string,
    readonly root: string | null = null,
    private readonly pages: Pages = fetchPage,
  ) {}

  readonly getState = (): FeedState => this.state;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.changed.add(listener);
    return () => this.changed.delete(listener);
  };

  start(where: Where = {}): () => void {
    this.stopListening = this.inbox.listen(this.conversation, {
      onEvent: (event) => this.take(event),
      onResync: () => void this.show({}),
      onGone: () => this.become({ status: "gone" }),
    });
    void this.show(where);
    return () => {
      this.turn++;
      this.stopListening();
    };
  }

  /** Shows another part: the newest messages, or those around one. */
  readonly show = async (where: Where): Promise<void> => {
    const turn = ++this.turn;
    this.early = [];
    try {
      const page = await this.page(where);
      if (turn !== this.turn) return;
      const history = this.early.reduce(afterEvent, historyFrom(page));
      this.become({ status: "ready", history, error: undefined, isLoading: null });
      this.settle(history.items);
    } catch (error) {
      if (turn === this.turn) this.become({ status: "failed", error: error as Error });
    }
  };

  readonly loadBefore = () => this.load("before");
  readonly loadAfter = () => this.load("after");

  /** Shows it at once, and sends it until it is acknowledged or refused. */
  async send(text: string, attachment_ids: string[] = []): Promise<void> {
    const client_message_id = crypto.randomUUID();
    const at = new Date().toISOString();
    this.become({
      outgoing: [...this.state.outgoing, { client_message_id, text, attachment_ids, at, state: "sending" }],
    });
    await this.dispatch(client_message_id);
  }

  readonly retry = (client_message_id: string) => this.dispatch(client_message_id);

  readonly discard = (client_message_id: string): void =>
    this.become({
      outgoing: this.state.outgoing.filter((each) => each.client_message_id !== client_message_id),
    });

  private async dispatch(id: string): Promise<void> {
    const one = this.state.outgoing.find(({ client_message_id }) => client_message_id === id);
    if (!one) return;
    this.mark(id, { state: "sending" });
    try {
      await this.client.send({
        conversation_id: this.conversation,
        client_message_id: id,
        text: one.text,
        thread_root_id: this.root,
        attachment_ids: one.attachment_ids,
      });
      this.mark(id, { state: "sent" });
      this.settle(this.state.history.items);
    } catch (error) {
      const code = error instanceof Error && "code" in error ? String(error.code) : "unexpected";
      this.mark(id, { state: "failed", code });
    }
  }

  private mark(id: string, change: Partial<Outgoing>): void {
    this.become({
      outgoing: this.state.outgoing.map((each) =>
        each.client_message_id === id ? { ...each, ...change } : each,
      ),
    });
  }

  private take(event: StreamEvent): void {
    if (this.root !== null && event.kind === "message.created" && event.data.thread_root_id !== this.root)
      return;
    if (this.state.status !== "ready") {
      this.early.push(event);
      return;
    }
    const history = afterEvent(this.state.history, event);
    // Who follows the end keeps a bounded part of it.
    this.become({ history: history.items.length > MOST * 2 ? trimmed(history, MOST, "before") : history });
    this.settle(history.items);
  }

  /** What came back as a message is being sent no more; beyond the window, the acknowledgement is enough. */
  private settle(items: readonly Message[]): void {
    if (this.state.outgoing.length === 0) return;
    const there = new Set(items.map(({ client_message_id }) => client_message_id));
    const rest = this.state.outgoing.filter(({ client_message_id }) => !there.has(client_message_id));
    if (rest.length < this.state.outgoing.length) this.become({ outgoing: rest });
  }

  private async load(side: "before" | "after"): Promise<void> {
    const { history, isLoading, status } = this.state;
    const edge = side === "before" ? history.items[0] : history.items.at(-1);
    const isMore = side === "before" ? history.hasBefore : history.hasAfter;
    if (status !== "ready" || isLoading !== null || !edge || !isMore) return;
    const turn = this.turn;
    this.become({ isLoading: side });
    try {
      const page = await this.page(side === "before" ? { before: edge.seq } : { after: edge.seq });
      if (turn !== this.turn) return;
      const more = withPage(this.state.history, page, side);
      if (more === null) return void this.show({});
      const far = side === "before" ? "after" : "before";
      this.become({ history: trimmed(more, MOST, far), isLoading: null });
    } catch {
      // It is asked for again when the reader goes on.
      if (turn === this.turn) this.become({ isLoading: null });
    }
  }

  private page(where: Where): Promise<Page<Attachment>> {
    return this.pages(this.conversation, this.root, where);
  }

  private become(change: Partial<FeedState>): void {
    this.state = { ...this.state, ...change };
    for (const listener of [...this.changed]) listener();
  }
}
