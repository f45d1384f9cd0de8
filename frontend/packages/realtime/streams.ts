/** The streams that are followed: each event is handed on once and in order, whatever the network made of them. */
import type { Frame } from "./link";
import type { Clock } from "./surroundings";
import type { Position, StreamEvent } from "./types";

export type StreamHandlers = {
  /** A stream that is followed from now on has begun at `position`. */
  onBegin?: (position: Position) => void;
  onEvent: (event: StreamEvent) => void;
  /** More was missed than is sent: fetch anew. What comes next follows `position`. */
  onResync: (position: Position) => void;
  /** No such stream, or not for this person any more. */
  onRefused: (code: string) => void;
};

const ANSWER_MS = 8_000;
const STUCK_MS = 1_500;
/** As many as the server sends after a drop; whoever is further behind is told to fetch anew. */
const MOST_AHEAD = 500;
const MOST_AT_ONCE = 50;

class Followed {
  /** Events that came before one that is still missing. */
  readonly ahead = new Map<number, StreamEvent>();
  /** The furthest place that the server is known to have reached. */
  head = 0;
  /** Up to here the server is sending what was missed. */
  promised = 0;
  isAsked = false;
  stopWaiting = () => {};

  constructor(
    readonly handlers: StreamHandlers,
    public position: Position | null,
  ) {}
}

export class Streams {
  private readonly followed = new Map<string, Followed>();
  private isLive = false;
  private requests = 0;

  constructor(
    private readonly send: (frame: Frame) => void,
    private readonly clock: Clock,
  ) {}

  /** Follows `stream` from `position`, or from now on. A stream is followed once; the answer ends that. */
  follow(stream: string, position: Position | null, handlers: StreamHandlers): () => void {
    if (this.followed.has(stream)) throw new Error(`The stream ${stream} is followed already.`);
    const followed = new Followed(handlers, position);
    this.followed.set(stream, followed);
    this.ask([stream]);
    return () => {
      if (this.followed.get(stream) !== followed) return;
      this.forget(stream);
      if (this.isLive) this.send({ type: "unsubscribe", streams: [stream] });
    };
  }

  positionOf(stream: string): Position | null {
    return this.followed.get(stream)?.position ?? null;
  }

  /** A new socket is authenticated: it resumes everything. */
  live(): void {
    this.isLive = true;
    for (const one of this.followed.values()) this.settled(one);
    this.ask([...this.followed.keys()]);
  }

  down(): void {
    this.isLive = false;
    for (const one of this.followed.values()) this.settled(one);
  }

  /** Asks where every stream is, as after a sleep: what came meanwhile, and was lost, comes again. */
  askAll(): void {
    this.ask([...this.followed.keys()]);
  }

  /** Takes a frame of the server, and says whether it was one of a stream. */
  take(frame: Frame): boolean {
    const act = this.acts[frame.type];
    if (act === undefined) return false;
    const followed = this.followed.get(String(frame.stream));
    if (followed) act(followed, frame);
    return true;
  }

  private readonly acts: Record<string, (one: Followed, frame: Frame) => void> = {
    event: (one, frame) => this.event(one, frame as unknown as StreamEvent),
    subscribed: (one, frame) => this.subscribed(one, frame as unknown as Position & { stream: string }),
    resync: (one, frame) => this.resync(one, frame as unknown as Position),
    refused: (one, frame) => this.refused(one, String(frame.stream), String(frame.code)),
    unsubscribed: (one, frame) => this.refused(one, String(frame.stream), String(frame.reason)),
  };

  private event(one: Followed, event: StreamEvent): void {
    const { position } = one;
    if (position === null) return; // It follows from `subscribed` on, which comes before its events.
    if (event.epoch !== position.epoch) this.ask([event.stream]);
    else if (event.seq > position.seq) this.newer(one, position, event);
  }

  private newer(one: Followed, position: Position, event: StreamEvent): void {
    one.head = Math.max(one.head, event.seq);
    if (one.ahead.size < MOST_AHEAD) one.ahead.set(event.seq, event);
    if (event.seq === position.seq + 1) this.release(one, event.stream);
    else if (position.seq >= one.promised) this.ask([event.stream]);
  }

  /** Hands on what is next in line. What is missing then may be on its way: it is asked for when it does not come. */
  private release(one: Followed, stream: string): void {
    while (one.position !== null) {
      const next = one.ahead.get(one.position.seq + 1);
      if (next === undefined) break;
      one.ahead.delete(next.seq);
      one.position = { epoch: next.epoch, seq: next.seq };
      one.handlers.onEvent(next);
    }
    if (one.ahead.size > 0) this.waitFor(one, stream, STUCK_MS);
  }

  private subscribed(one: Followed, { stream, epoch, seq }: Position & { stream: string }): void {
    this.settled(one);
    if (one.position === null) {
      one.position = { epoch, seq };
      one.handlers.onBegin?.(one.position);
    } else if (epoch !== one.position.epoch) this.resync(one, { epoch, seq });
    else {
      one.head = Math.max(one.head, seq);
      one.promised = seq;
      // Where the end of what was missed does not come, it is asked for again.
      if (one.position.seq < one.head) this.waitFor(one, stream);
    }
  }

  private resync(one: Followed, { epoch, seq }: Position): void {
    this.settled(one);
    one.ahead.clear();
    one.head = seq;
    one.position = { epoch, seq };
    one.handlers.onResync(one.position);
  }

  private refused(one: Followed, stream: string, code: string): void {
    // Not for now: it stays asked, and is asked again when no answer has come.
    if (code === "unavailable") return;
    this.forget(stream);
    one.handlers.onRefused(code);
  }

  private ask(streams: string[]): void {
    if (!this.isLive) return;
    const asked = streams.flatMap((stream) => {
      const one = this.followed.get(stream);
      if (one === undefined || one.isAsked) return [];
      one.isAsked = true;
      this.waitFor(one, stream);
      return [{ stream, epoch: one.position?.epoch ?? null, seq: one.position?.seq ?? null }];
    });
    for (let at = 0; at < asked.length; at += MOST_AT_ONCE)
      this.send({
        type: "subscribe",
        id: String(++this.requests),
        streams: asked.slice(at, at + MOST_AT_ONCE),
      });
  }

  private waitFor(one: Followed, stream: string, ms = ANSWER_MS): void {
    one.stopWaiting();
    one.stopWaiting = this.clock.after(ms, () => {
      const isBehind = one.position === null || one.position.seq < one.head;
      if (!one.isAsked && !isBehind) return;
      one.isAsked = false;
      one.promised = 0;
      this.ask([stream]);
    });
  }

  private settled(one: Followed): void {
    one.isAsked = false;
    one.promised = 0;
    one.stopWaiting();
  }

  private forget(stream: string): void {
    const one = this.followed.get(stream);
    if (one) this.settled(one);
    this.followed.delete(stream);
  }
}
