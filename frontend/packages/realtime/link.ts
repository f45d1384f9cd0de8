/** One socket from its opening to its end: it authenticates first, renews in place, and notices when nobody answers. */
import type { Socket, Surroundings } from "./surroundings";

export type Frame = { type: string } & Record<string, unknown>;
export type LinkHandlers = {
  onWelcome: (frame: Frame) => void;
  onFrame: (frame: Frame) => void;
  /** Once, whatever ended it. */
  onEnd: (code: number) => void;
};

const WELCOME_MS = 12_000;
export const NO_ANSWER = 1006;

export class Link {
  private socket: Socket | undefined;
  private isOver = false;
  private isWelcome = false;
  private stopWaiting: () => void;

  constructor(
    private readonly world: Surroundings,
    url: string,
    token: string,
    private readonly handlers: LinkHandlers,
  ) {
    this.stopWaiting = world.clock.after(WELCOME_MS, () => this.drop());
    this.socket = world.open(url, {
      onOpen: () => this.send({ type: "authenticate", token }),
      onMessage: (text) => this.read(text),
      onClose: (code) => this.end(code),
    });
  }

  send(frame: Frame): void {
    if (this.isOver) return;
    try {
      this.socket?.send(JSON.stringify(frame));
    } catch {
      this.drop(); // A browser throws where the socket is not open any more, and tells of it later.
    }
  }

  /** Ends it here and now: a close handshake with a network that is gone would take minutes. */
  drop(code = NO_ANSWER): void {
    if (this.isOver) return;
    const { socket } = this;
    this.end(code);
    socket?.close(1000);
  }

  /** Asks for a new token and shows it; where that fails, the server ends the socket in its own time. */
  private async renew(): Promise<void> {
    try {
      const token = await this.world.token({ fresh: true });
      if (token !== null) this.send({ type: "authenticate", token });
    } catch {
      // Not reachable now. The next connection asks again.
    }
  }

  private read(text: string): void {
    if (this.isOver) return;
    const frame = parsed(text);
    if (frame === undefined) return;
    if (frame.type === "reauthenticate") void this.renew();
    else if (this.isWelcome) this.handlers.onFrame(frame);
    else if (frame.type === "welcome") {
      this.isWelcome = true;
      this.stopWaiting();
      this.handlers.onWelcome(frame);
    }
  }

  private end(code: number): void {
    if (this.isOver) return;
    this.isOver = true;
    this.stopWaiting();
    this.handlers.onEnd(code);
  }
}

/** A frame; nothing where it is none. What a newer server adds is left to who reads it. */
function parsed(text: string): Frame | undefined {
  try {
    const frame: unknown = JSON.parse(text);
    const isFrame = typeof frame === "object" && frame !== null && "type" in frame;
    return isFrame && typeof frame.type === "string" ? (frame as Frame) : undefined;
  } catch {
    return undefined;
  }
}
