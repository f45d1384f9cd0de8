/** One connection for everything: it comes back by itself, resumes where it was, and says honestly how it stands. */
import { backoffMs } from "./backoff";
import { closingOf } from "./close-codes";
import { Emitter } from "./emitter";
import { type Frame, Link, NO_ANSWER } from "./link";
import { Outbox } from "./outbox";
import { Presences } from "./presence";
import { Reads } from "./reads";
import { type StreamHandlers, Streams } from "./streams";
import type { Hint, Surroundings } from "./surroundings";
import type { Connection, Draft, Message, Position } from "./types";
import { Typing } from "./typing";

/** After so long the connection counts as good, and the next failure begins with a short wait. */
const GOOD_AFTER_MS = 5_000;
/** Browsers tell nobody of a ping: after so long a silence the client asks for something itself. */
const SILENCE_MS = 45_000;
const PROBE_MS = 8_000;
const MOST_RENEWALS = 2;

export type ReadMark = { conversation_id: string; user_id: string; seq: number };

export class RealtimeClient {
  readonly typing: Typing;
  readonly presence: Presences;
  private readonly streams: Streams;
  private readonly outbox: Outbox;
  private readonly reads: Reads;
  private readonly stateChanged = new Emitter<Connection>();
  private readonly readHeard = new Emitter<ReadMark>();
  private connection: Connection = { state: "stopped", code: null };
  private link: Link | undefined;
  private isRunning = false;
  private isLive = false;
  /** Grows with each try; what an older one still brings is of no interest. */
  private turn = 0;
  private attempt = 0;
  private renewals = 0;
  private needsFresh = false;
  private heardAt = 0;
  private heard = 0;
  private stopTimer = () => {};
  private stopWatch = () => {};
  private stopGood = () => {};
  private stopHints = () => {};

  constructor(private readonly world: Surroundings) {
    const send = (frame: Frame) => {
      if (this.isLive) this.link?.send(frame);
    };
    const { clock } = world;
    this.streams = new Streams(send, clock);
    this.outbox = new Outbox(send, clock);
    this.typing = new Typing(send, clock);
    this.reads = new Reads(send, clock);
    this.presence = new Presences(send);
  }

  readonly getConnection = (): Connection => this.connection;
  readonly onConnection = this.stateChanged.listen;
  /** Others' read positions, as they move. */
  readonly onRead = this.readHeard.listen;

  /** How many messages are written and not yet acknowledged. */
  get unsent(): number {
    return this.outbox.size;
  }

  start(): void {
    if (this.isRunning) return;
    this.isRunning = true;
    this.attempt = 0;
    this.renewals = 0;
    this.stopHints = this.world.hints((hint) => this.hear(hint));
    this.become({ state: "connecting" });
    void this.connect();
  }

  /** Ends the connection for good; what is unsent is given up, for whoever comes next may be somebody else. */
  stop(): void {
    this.halt(null);
    this.outbox.clear();
  }

  follow(stream: string, position: Position | null, handlers: StreamHandlers): () => void {
    return this.streams.follow(stream, position, handlers);
  }

  positionOf(stream: string): Position | null {
    return this.streams.positionOf(stream);
  }

  /** Resolves when the message is stored for good, through any number of drops; rejects with RefusedError. */
  send(draft: Draft): Promise<Message> {
    this.typing.sent(draft.conversation_id);
    return this.outbox.add(draft);
  }

  /** The person has read `conversation` up to `seq`. */
  read(conversation: string, seq: number): void {
    this.reads.tell(conversation, seq);
  }

  /** Tries at once, where it would wait: somebody pressed a button. */
  retryNow(): void {
    if (!this.isRunning || this.link) return;
    this.stopTimer();
    void this.connect();
  }

  private async connect(): Promise<void> {
    const turn = ++this.turn;
    this.stopTimer();
    try {
      const [token, url] = await Promise.all([
        this.world.token({ fresh: this.needsFresh }),
        this.world.url(),
      ]);
      if (turn !== this.turn || !this.isRunning) return;
      if (token === null) return this.halt(null);
      this.needsFresh = false;
      this.link = new Link(this.world, url, token, {
        onWelcome: () => turn === this.turn && this.welcomed(),
        onFrame: (frame) => turn === this.turn && this.take(frame),
        onEnd: (code) => turn === this.turn && this.ended(code),
      });
    } catch {
      if (turn === this.turn && this.isRunning) this.ended(NO_ANSWER);
    }
  }

  private welcomed(): void {
    this.isLive = true;
    this.heardAt = this.world.clock.now();
    this.become({ state: "live" });
    this.stopGood = this.world.clock.after(GOOD_AFTER_MS, () => {
      this.attempt = 0;
      this.renewals = 0;
    });
    this.watch(SILENCE_MS);
    this.streams.live();
    this.presence.live();
    this.reads.live();
    this.outbox.live();
  }

  private take(frame: Frame): void {
    this.heardAt = this.world.clock.now();
    this.heard++;
    if (frame.type === "event") this.noteWriter(frame);
    if (frame.type === "reconnect") this.leave(Number(frame.after_ms) || 0);
    else if (frame.type === "read") this.readHeard.tell(frame as unknown as ReadMark);
    else if (!this.streams.take(frame) && !this.typing.take(frame) && !this.presence.take(frame))
      this.outbox.take(frame);
  }

  /** Whoever has sent a message types no more. */
  private noteWriter({ kind, stream, actor_id }: Frame): void {
    if (kind === "message.created") this.typing.over(String(stream), String(actor_id));
  }

  /** The server goes down in a while, and says when this client should come to another. */
  private leave(afterMs: number): void {
    const turn = this.turn;
    this.stopTimer();
    this.stopTimer = this.world.clock.after(afterMs, () => {
      if (turn !== this.turn) return;
      this.attempt = 0;
      this.lose();
      this.come();
    });
  }

  private ended(code: number): void {
    this.lose();
    const { advice, waitMs } = closingOf(code);
    if (advice === "renew") {
      this.needsFresh = true;
      this.renewals++;
    }
    if (advice === "stop" || this.renewals > MOST_RENEWALS) this.halt(code);
    else this.wait(waitMs);
  }

  private lose(): void {
    this.turn++;
    const { link } = this;
    this.link = undefined;
    this.isLive = false;
    link?.drop();
    this.stopGood();
    this.stopWatch();
    this.streams.down();
    this.outbox.down();
    this.reads.down();
    this.presence.down();
  }

  private wait(shortestMs = 0): void {
    const { clock } = this.world;
    const ms = shortestMs + backoffMs(this.attempt++, clock.random());
    this.showWaiting();
    this.stopTimer();
    this.stopTimer = clock.after(ms, () => void this.connect());
  }

  private come(): void {
    this.showWaiting();
    void this.connect();
  }

  private showWaiting(): void {
    const { connection, attempt } = this;
    const since = "since" in connection ? connection.since : this.world.clock.now();
    this.become(
      this.world.isOnline() ? { state: "reconnecting", since, attempt } : { state: "offline", since },
    );
  }

  private halt(code: number | null): void {
    if (!this.isRunning) return;
    this.isRunning = false;
    this.stopTimer();
    this.stopHints();
    this.lose();
    this.become({ state: "stopped", code });
  }

  /** What the device tells is a hint: the network may be there without it, and gone in spite of it. */
  private hear(hint: Hint): void {
    if (hint === "offline" && this.link) {
      this.lose();
      this.wait();
    } else if (hint === "offline") this.showWaiting();
    else if (hint === "online" || hint === "visible") this.wake(hint);
  }

  private wake(hint: "online" | "visible"): void {
    if (this.isLive) {
      this.streams.askAll();
      this.probe();
      return;
    }
    if (hint === "online") this.attempt = 0;
    this.stopTimer();
    this.lose();
    this.come();
  }

  /** After a silence asks for an answer. */
  private watch(ms: number): void {
    const { clock } = this.world;
    this.stopWatch();
    this.stopWatch = clock.after(ms, () => {
      const left = this.heardAt + SILENCE_MS - clock.now();
      if (left > 0) this.watch(left);
      else this.probe();
    });
  }

  /** Leaves a connection that gives no answer. */
  private probe(): void {
    const { heard } = this;
    this.link?.send({ type: "ping" });
    this.stopWatch();
    this.stopWatch = this.world.clock.after(PROBE_MS, () => {
      if (this.heard > heard) this.watch(SILENCE_MS);
      else this.ended(NO_ANSWER);
    });
  }

  private become(connection: Connection): void {
    this.connection = connection;
    this.stateChanged.tell(connection);
  }
}
