/** What the client needs of the world around it; a test gives it one of its own. */

export type SocketHandlers = {
  onOpen: () => void;
  onMessage: (text: string) => void;
  onClose: (code: number) => void;
};
export type Socket = { send(text: string): void; close(code?: number): void };
export type Hint = "online" | "offline" | "visible" | "hidden";

export type Clock = {
  now(): number;
  /** Calls `act` once after `ms`; the answer takes that back. */
  after(ms: number, act: () => void): () => void;
  /** At least 0, less than 1. */
  random(): number;
};

export type Surroundings = {
  /** Opens a socket. Handlers are called later, never within the call. */
  open(url: string, handlers: SocketHandlers): Socket;
  /** The address without a token, such as `wss://api.example.com/v1/realtime`. */
  url(): Promise<string>;
  /**
   * An access token; a `fresh` one where the last was refused or is about to end. Null when nobody is signed in.
   * A rejection means that it could not be asked for now, and is tried again.
   */
  token(options: { fresh: boolean }): Promise<string | null>;
  clock: Clock;
  /** Whether the device says that it has a network. */
  isOnline(): boolean;
  /** Tells of the device's network and of the page's visibility; the answer ends that. */
  hints(listener: (hint: Hint) => void): () => void;
};

/** A browser, or Node from 22 on. */
export function browserSurroundings(own: Pick<Surroundings, "url" | "token">): Surroundings {
  return { ...own, open: openWebSocket, clock: systemClock, isOnline: () => navigator.onLine, hints };
}

export const systemClock: Clock = {
  now: () => Date.now(),
  after: (ms, act) => {
    const timer = setTimeout(act, ms);
    return () => clearTimeout(timer);
  },
  random: () => Math.random(),
};

export function openWebSocket(url: string, { onOpen, onMessage, onClose }: SocketHandlers): Socket {
  const socket = new WebSocket(url);
  socket.addEventListener("open", onOpen);
  socket.addEventListener("message", ({ data }) => {
    if (typeof data === "string") onMessage(data);
  });
  socket.addEventListener("close", ({ code }) => onClose(code));
  return {
    send: (text) => socket.send(text),
    close: (code) => socket.close(code),
  };
}

function hints(listener: (hint: Hint) => void): () => void {
  const stop = new AbortController();
  const { signal } = stop;
  window.addEventListener("online", () => listener("online"), { signal });
  window.addEventListener("offline", () => listener("offline"), { signal });
  document.addEventListener(
    "visibilitychange",
    () => listener(document.visibilityState === "visible" ? "visible" : "hidden"),
    { signal },
  );
  return () => stop.abort();
}
