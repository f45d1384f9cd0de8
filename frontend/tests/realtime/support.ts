/** A clock that stands still until it is told, and a server in this process that misbehaves on request. */
import type { Clock, Hint, Socket, SocketHandlers, StreamEvent, Surroundings } from "@/packages/realtime";

export class ManualClock implements Clock {
  private time = 1_000_000;
  private timers: { at: number; act: () => void }[] = [];
  random = () => 0.5;

  now = (): number => this.time;

  after = (ms: number, act: () => void): (() => void) => {
    const timer = { at: this.time + ms, act };
    this.timers.push(timer);
    return () => {
      this.timers = this.timers.filter((each) => each !== timer);
    };
  };

  /** Lets `ms` pass, each timer in its turn, and all that was promised in between. */
  async pass(ms: number): Promise<void> {
    const end = this.time + ms;
    for (;;) {
      await settle();
      const [next] = this.timers.filter(({ at }) => at <= end).sort((one, other) => one.at - other.at);
      if (next === undefined) break;
      this.timers = this.timers.filter((each) => each !== next);
      this.time = Math.max(this.time, next.at);
      next.act();
    }
    this.time = end;
    await settle();
  }
}

export async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
}

type Frame = { type: string } & Record<string, unknown>;
type Asked = { stream: string; epoch: string | null; seq: number | null };

/** What became of a frame on its way to the client. */
export type Fate = "pass" | "drop" | "twice" | "late";

export class Visit {
  readonly frames: Frame[] = [];
  isOpen = true;
  private held: Frame | undefined;

  constructor(
    private readonly handlers: SocketHandlers,
    private readonly fate: () => Fate,
  ) {}

  /** Sends a frame, or loses it, doubles it, or lets the next one overtake it. */
  send(frame: Frame): void {
    const fate = frame.type === "event" ? this.fate() : "pass";
    if (fate === "late") {
      this.flush();
      this.held = frame;
      return;
    }
    if (fate !== "drop") this.deliver(frame);
    if (fate === "twice") this.deliver(frame);
    this.flush();
  }

  flush(): void {
    const { held } = this;
    this.held = undefined;
    if (held) this.deliver(held);
  }

  close(code: number): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.handlers.onClose(code);
  }

  leave(): void {
    this.isOpen = false;
  }

  private deliver(frame: Frame): void {
    if (this.isOpen) this.handlers.onMessage(JSON.stringify(frame));
  }
}

const MOST_MISSED = 500;

/** The server's side of the protocol, over streams that are lists of events. */
export class Server implements Pick<Surroundings, "open" | "token" | "url"> {
  readonly visits: Visit[] = [];
  readonly tokens: string[] = [];
  readonly asked: Asked[] = [];
  readonly received: Frame[] = [];
  readonly stored = new Map<string, Frame>();
  readonly streams = new Map<string, { epoch: string; events: StreamEvent[] }>();
  fate: () => Fate = () => "pass";
  /** Whether a socket opens, and whether the server says anything on it. */
  isReachable = true;
  isSilent = false;
  acknowledges = true;
  answerTo: (frame: Frame) => Frame | undefined = () => undefined;
  issued = 0;
  isSignedIn = true;

  url = async () => "ws://server.test/v1/realtime";

  token = async ({ fresh }: { fresh: boolean }): Promise<string | null> => {
    if (fresh || this.issued === 0) this.issued++;
    return this.isSignedIn ? `token-${this.issued}` : null;
  };

  open = (url: string, handlers: SocketHandlers): Socket => {
    if (url !== "ws://server.test/v1/realtime") throw new Error(`an address of another kind: ${url}`);
    const visit = new Visit(handlers, () => this.fate());
    this.visits.push(visit);
    queueMicrotask(() => (this.isReachable ? handlers.onOpen() : visit.close(1006)));
    return {
      send: (text) => queueMicrotask(() => visit.isOpen && this.hear(visit, JSON.parse(text) as Frame)),
      close: () => visit.leave(),
    };
  };

  get visit(): Visit {
    const last = this.visits.at(-1);
    if (last === undefined) throw new Error("Nobody came.");
    return last;
  }

  of(type: string): Frame[] {
    return this.received.filter((frame) => frame.type === type);
  }

  stream(id: string): { epoch: string; events: StreamEvent[] } {
    const known = this.streams.get(id) ?? { epoch: "one", events: [] };
    this.streams.set(id, known);
    return known;
  }

  /** Something happens, and everybody is told. */
  happen(id: string, kind = "test", data: Record<string, unknown> = {}): StreamEvent {
    const stream = this.stream(id);
    const seq = stream.events.length + 1;
    const event = { stream: id, epoch: stream.epoch, seq, kind, actor_id: "a", at: "", data };
    stream.events.push(event);
    if (!this.isSilent) this.visits.at(-1)?.send({ type: "event", ...event });
    return event;
  }

  private hear(visit: Visit, frame: Frame): void {
    this.received.push(frame);
    if (this.isSilent) return;
    const answer = this.answerTo(frame);
    if (answer) visit.send(answer);
    else this.acts[frame.type]?.(visit, frame);
  }

  private readonly acts: Record<string, (visit: Visit, frame: Frame) => void> = {
    authenticate: (visit, frame) => {
      this.tokens.push(String(frame.token));
      visit.send({ type: "welcome", connection_id: "c", user_id: "u", tenant_id: "t" });
    },
    subscribe: (visit, frame) => {
      for (const asked of frame.streams as Asked[]) this.resume(visit, asked);
    },
    send: (visit, frame) => this.store(visit, frame),
    ping: (visit) => visit.send({ type: "pong" }),
  };

  private resume(visit: Visit, asked: Asked): void {
    this.asked.push(asked);
    const { epoch, events } = this.stream(asked.stream);
    const head = { stream: asked.stream, epoch, seq: events.length };
    const missed = asked.seq === null ? [] : events.slice(asked.seq);
    const isTooFar = asked.seq !== null && (asked.epoch !== epoch || missed.length > MOST_MISSED);
    visit.send({ type: isTooFar ? "resync" : "subscribed", ...head });
    if (isTooFar) return;
    for (const event of missed) visit.send({ type: "event", ...event });
    visit.flush();
  }

  private store(visit: Visit, frame: Frame): void {
    const id = String(frame.client_message_id);
    const conversation = String(frame.conversation_id);
    const known = this.stored.get(id);
    const message = known ?? { type: "message", id: `m-${id}`, text: frame.text, client_message_id: id };
    if (!known) {
      this.stored.set(id, message);
      this.happen(conversation, "message.created", { client_message_id: id, text: frame.text });
    }
    if (this.acknowledges) visit.send({ type: "sent", id: frame.id, message });
  }
}

/** A device with a network that can go. */
export class Device {
  online = true;
  private listener: (hint: Hint) => void = () => {};

  readonly surroundings = {
    isOnline: () => this.online,
    hints: (listener: (hint: Hint) => void) => {
      this.listener = listener;
      return () => {
        this.listener = () => {};
      };
    },
  };

  say(hint: Hint): void {
    if (hint === "online" || hint === "offline") this.online = hint === "online";
    this.listener(hint);
  }
}
