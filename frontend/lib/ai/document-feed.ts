/**
 * The documents of a knowledge base as they are now: the newest are fetched, then the stream tells all of them and
 * every change. The later of two states of a document wins, in whatever order they come. What is deleted very quickly
 * the stream may never tell: so the newest are fetched again from time to time.
 */

import type { Document } from "@/lib/ai/types";
import { api, data } from "@/lib/api/client";
import type { StreamEvent } from "@/lib/live/event-stream";
import { type Connection, type Follower, follow } from "@/lib/live/follow";

export type FeedState = {
  /** The newest first; undefined until they have come. */
  documents: readonly Document[] | undefined;
  error: Error | undefined;
  connection: Connection;
};
type World = {
  /** The newest, and whether those are all. */
  fetch: () => Promise<{ items: Document[]; isAll: boolean }>;
  follow: (follower: Follower) => () => void;
};
const PAGE = 100;
const AGAIN_MS = 20_000;
/** What comes in one piece, such as a thousand documents, is shown in one piece. */
const GATHER_MS = 60;

export class DocumentFeed {
  private readonly known = new Map<string, Document>();
  private readonly gone = new Set<string>();
  private readonly listeners = new Set<() => void>();
  private state: FeedState = { documents: undefined, error: undefined, connection: "connecting" };
  private connection: Connection = "connecting";
  private isFetched = false;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private again: ReturnType<typeof setInterval> | undefined;
  private end = () => {};

  constructor(private readonly world: World) {}

  start(): void {
    this.end = this.world.follow({
      onEvent: (event) => this.hear(event),
      onConnection: (connection) => {
        this.connection = connection;
        this.publishSoon();
      },
    });
    this.again = setInterval(() => void this.fetch(), AGAIN_MS);
    void this.fetch();
  }

  stop(): void {
    this.end();
    clearInterval(this.again);
    clearTimeout(this.timer);
  }

  readonly getState = (): FeedState => this.state;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly fetch = async (): Promise<void> => {
    const before = [...this.known.keys()];
    try {
      const { items, isAll } = await this.world.fetch();
      for (const document of items) this.take(document);
      this.forgetMissing(before, items, isAll);
      this.isFetched = true;
      this.publish(undefined);
    } catch (error) {
      this.publish(error as Error);
    }
  };

  /** What an act has answered is true before the stream tells it. */
  readonly put = (document: Document): void => {
    this.take(document);
    this.publish(this.state.error);
  };

  /** It was deleted here. */
  readonly drop = (id: string): void => {
    this.gone.add(id);
    this.known.delete(id);
    this.publish(this.state.error);
  };

  /** What was known and is not among the newest, though it would have to be. */
  private forgetMissing(before: readonly string[], items: readonly Document[], isAll: boolean): void {
    const there = new Set(items.map(({ id }) => id));
    const oldest = isAll ? "" : (items.at(-1)?.id ?? "");
    for (const id of before) if (id > oldest && !there.has(id)) this.known.delete(id);
  }

  private hear({ event, data: text }: StreamEvent): void {
    if (event === "document") this.take(JSON.parse(text) as Document);
    else if (event === "gone") {
      const { id } = JSON.parse(text) as { id: string };
      this.gone.add(id);
      this.known.delete(id);
    }
    this.publishSoon();
  }

  private take(document: Document): void {
    const known = this.known.get(document.id);
    const isOlder = known !== undefined && Date.parse(known.updated_at) > Date.parse(document.updated_at);
    if (this.gone.has(document.id) || isOlder) return;
    this.known.set(document.id, document);
    if (document.state === "ready" && document.replaces !== null) this.known.delete(document.replaces);
  }

  private publishSoon(): void {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.publish(this.isFetched ? undefined : this.state.error);
    }, GATHER_MS);
  }

  private publish(error: Error | undefined): void {
    // An id tells when it was made (UUIDv7).
    const sorted = [...this.known.values()].sort((one, other) => (one.id < other.id ? 1 : -1));
    this.state = { documents: this.isFetched ? sorted : undefined, error, connection: this.connection };
    for (const listener of [...this.listeners]) listener();
  }
}

/** The feed of one knowledge base, from the API. */
export function documentFeed(knowledge_base_id: string): DocumentFeed {
  const params = { path: { knowledge_base_id }, query: { limit: PAGE } };
  return new DocumentFeed({
    fetch: async () => {
      const found = await data(api.GET("/v1/knowledge-bases/{knowledge_base_id}/documents", { params }));
      return { items: found.items, isAll: !found.next_cursor };
    },
    follow: (follower) => follow(`/v1/knowledge-bases/${knowledge_base_id}/documents/events`, follower),
  });
}
