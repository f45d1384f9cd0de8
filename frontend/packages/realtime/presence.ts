/** Who is here. Only those are watched who are shown somewhere. */
import { Emitter } from "./emitter";
import type { Frame } from "./link";
import type { Presence, PresenceState } from "./types";

/** As many as the server takes. */
const MOST = 200;

export class Presences {
  private readonly watchers = new Map<string, number>();
  private readonly known = new Map<string, Presence>();
  private readonly changed = new Emitter<string>();
  private own: "active" | "away" = "active";
  private isLive = false;
  private isToldSoon = false;

  constructor(private readonly send: (frame: Frame) => void) {}

  /** Called with the person whose presence changed. */
  readonly listen = this.changed.listen;

  of(user: string): Presence | undefined {
    return this.known.get(user);
  }

  /** Watches until the answer is called. Several may watch the same person. */
  watch(users: readonly string[]): () => void {
    for (const user of users) this.watchers.set(user, (this.watchers.get(user) ?? 0) + 1);
    this.tellSoon();
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      for (const user of users) this.unwatch(user);
      this.tellSoon();
    };
  }

  setOwn(state: "active" | "away"): void {
    if (this.own === state) return;
    this.own = state;
    if (this.isLive) this.send({ type: "presence", state });
  }

  live(): void {
    this.isLive = true;
    this.send({ type: "presence", state: this.own });
    if (this.watchers.size > 0) this.tellWatched();
  }

  down(): void {
    this.isLive = false;
  }

  take(frame: Frame): boolean {
    if (frame.type !== "presence") return false;
    const user = String(frame.user_id);
    this.known.set(user, {
      state: frame.state as PresenceState,
      last_seen_at: (frame.last_seen_at as string | null) ?? null,
    });
    this.changed.tell(user);
    return true;
  }

  private unwatch(user: string): void {
    const count = (this.watchers.get(user) ?? 0) - 1;
    if (count > 0) this.watchers.set(user, count);
    else this.watchers.delete(user);
  }

  /** Once for all that changes in one go, as when a page is left and another comes. */
  private tellSoon(): void {
    if (this.isToldSoon) return;
    this.isToldSoon = true;
    queueMicrotask(() => {
      this.isToldSoon = false;
      if (this.isLive) this.tellWatched();
    });
  }

  private tellWatched(): void {
    this.send({ type: "watch", user_ids: [...this.watchers.keys()].slice(0, MOST) });
  }
}
