/** What was written and is not yet acknowledged. It is sent until `sent` comes: its id makes a resend harmless. */
import type { Frame } from "./link";
import type { Clock } from "./surroundings";
import { type Draft, type Message, RefusedError } from "./types";

type Waiting = {
  draft: Draft;
  resolve: (message: Message) => void;
  reject: (error: Error) => void;
  isOnItsWay: boolean;
  stopWaiting: () => void;
};

const ANSWER_MS = 10_000;
const PAUSE_MS = 2_000;
/** Refusals of the moment; after any other the same text would be refused again. */
const PASSING = new Set(["rate_limited", "unavailable", "timeout", "internal_error"]);

export class Outbox {
  private readonly waiting = new Map<string, Waiting>();
  private isLive = false;

  constructor(
    private readonly send: (frame: Frame) => void,
    private readonly clock: Clock,
  ) {}

  /** How many are not yet acknowledged. */
  get size(): number {
    return this.waiting.size;
  }

  /** Resolves when the message is stored for good; rejects with RefusedError where it never will be. */
  add(draft: Draft): Promise<Message> {
    return new Promise((resolve, reject) => {
      this.waiting.set(draft.client_message_id, {
        draft,
        resolve,
        reject,
        isOnItsWay: false,
        stopWaiting: () => {},
      });
      this.pump();
    });
  }

  live(): void {
    this.isLive = true;
    this.pump();
  }

  down(): void {
    this.isLive = false;
    for (const one of this.waiting.values()) {
      one.stopWaiting();
      one.isOnItsWay = false;
    }
  }

  /** Nobody is signed in any more: what waits belongs to somebody else. */
  clear(): void {
    for (const one of this.waiting.values()) {
      one.stopWaiting();
      one.reject(new RefusedError("signed_out", "Nobody is signed in any more."));
    }
    this.waiting.clear();
  }

  take(frame: Frame): boolean {
    const one = this.waiting.get(String(frame.id));
    if (one === undefined) return frame.type === "sent";
    if (frame.type === "sent") this.settle(one, () => one.resolve(frame.message as Message));
    else if (frame.type === "error" && PASSING.has(String(frame.code))) this.later(one, PAUSE_MS);
    else if (frame.type === "error")
      this.settle(one, () => one.reject(new RefusedError(String(frame.code), String(frame.detail))));
    else return false;
    return true;
  }

  private settle(one: Waiting, tell: () => void): void {
    one.stopWaiting();
    this.waiting.delete(one.draft.client_message_id);
    tell();
    this.pump();
  }

  /** One of each conversation at a time: the server keeps the order in which they come, and so they come in order. */
  private pump(): void {
    if (!this.isLive) return;
    const busy = new Set<string>();
    for (const one of this.waiting.values()) {
      const { conversation_id } = one.draft;
      if (!busy.has(conversation_id) && !one.isOnItsWay) this.dispatch(one);
      busy.add(conversation_id);
    }
  }

  private dispatch(one: Waiting): void {
    one.isOnItsWay = true;
    this.send({ type: "send", id: one.draft.client_message_id, ...one.draft });
    this.later(one, ANSWER_MS);
  }

  private later(one: Waiting, ms: number): void {
    one.stopWaiting();
    one.stopWaiting = this.clock.after(ms, () => {
      one.isOnItsWay = false;
      this.pump();
    });
  }
}
