/** Follows a stream for as long as somebody looks: through sleep, network changes, restarts and expired tokens. */
import { ProblemError, SignedOutError } from "@/lib/api/problem";
import { loadConfig } from "@/lib/config";
import { eventsOf, type StreamEvent } from "@/lib/live/event-stream";
import { session } from "@/lib/session/session";

export type Connection = "connecting" | "live" | "interrupted" | "ended";
export type Follower = {
  onEvent: (event: StreamEvent) => void;
  onConnection: (connection: Connection) => void;
};

/** What following needs of the world; the browser's by default. */
export type World = {
  session: { accessToken(): Promise<string>; forget(refused: string): void };
  apiUrl: () => Promise<string>;
  /** Tells `online`, and of `visibilitychange` when a sleeping tab wakes. */
  window: Pick<EventTarget, "addEventListener" | "removeEventListener">;
  document: Pick<EventTarget, "addEventListener" | "removeEventListener">;
  silenceMs: number;
  /** The bound of the first wait after a failure; it doubles with each further one. */
  firstWaitMs: number;
};

const SILENCE_MS = 40_000; // The server speaks at least every 15 s: a longer silence is a dead connection.
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15_000;

/** Starts following `path`; the answer stops it. Ends by itself at the event `end`, or where the API refuses for good. */
export function follow(path: string, follower: Follower, world: World = browser()): () => void {
  const stopped = new AbortController();
  void run(path, follower, world, stopped.signal);
  return () => stopped.abort();
}

function browser(): World {
  return {
    session: session(),
    apiUrl: async () => (await loadConfig()).apiUrl,
    window,
    document,
    silenceMs: SILENCE_MS,
    firstWaitMs: FIRST_WAIT_MS,
  };
}

async function run(
  path: string,
  { onEvent, onConnection }: Follower,
  world: World,
  stopped: AbortSignal,
): Promise<void> {
  let lastId: string | undefined;
  let failures = 0;
  const hear = (event: StreamEvent) => {
    failures = 0;
    lastId = event.id ?? lastId;
    if (event.event !== "reauthenticate") onEvent(event);
  };
  onConnection("connecting");
  while (!stopped.aborted) {
    try {
      const outcome = await listen(path, lastId, world, stopped, hear, () => onConnection("live"));
      if (outcome === "end") return onConnection("ended");
    } catch (error) {
      if (stopped.aborted) return;
      if (error instanceof SignedOutError || isFinal(error)) return onConnection("ended");
      onConnection("interrupted");
      await pause(failures++, world, stopped);
    }
  }
}

function isFinal(error: unknown): boolean {
  return error instanceof ProblemError && [400, 403, 404, 410].includes(error.status);
}

async function listen(
  path: string,
  lastId: string | undefined,
  world: World,
  stopped: AbortSignal,
  onEvent: (event: StreamEvent) => void,
  onOpen: () => void,
): Promise<"end" | "again"> {
  const token = await world.session.accessToken();
  const apiUrl = await world.apiUrl();
  const dead = new AbortController();
  const watch = watchdog(world, () => dead.abort());
  try {
    const headers = {
      Authorization: `Bearer ${token}`,
      Accept: "text/event-stream",
      ...(lastId ? { "Last-Event-ID": lastId } : {}),
    };
    const answer = await fetch(`${apiUrl}${path}`, {
      headers,
      cache: "no-store",
      signal: AbortSignal.any([stopped, dead.signal]),
    });
    if (answer.status === 401) world.session.forget(token);
    if (!answer.ok || !answer.body) throw await ProblemError.from(answer);
    onOpen();
    for await (const event of eventsOf(answer.body, watch.heard)) {
      if (event.event === "reauthenticate") world.session.forget(token);
      onEvent(event);
      if (event.event === "end") return "end";
      if (event.event === "reauthenticate") return "again";
    }
    throw new Error("The stream ended without its last event.");
  } finally {
    watch.stop();
  }
}

/** Calls `die` after a long silence, at once when the network comes back, and when a sleeping tab wakes after it. */
function watchdog({ window, document, silenceMs }: World, die: () => void) {
  let last = Date.now();
  const check = () => {
    if (Date.now() - last > silenceMs) die();
  };
  const timer = setInterval(check, silenceMs / 8);
  window.addEventListener("online", die);
  document.addEventListener("visibilitychange", check);
  return {
    heard: () => {
      last = Date.now();
    },
    stop: () => {
      clearInterval(timer);
      window.removeEventListener("online", die);
      document.removeEventListener("visibilitychange", check);
    },
  };
}

/** Waits longer each time, at random within the bound so that many clients do not come at once; less when online again. */
function pause(failures: number, { window, firstWaitMs }: World, stopped: AbortSignal): Promise<void> {
  const bound = Math.min(LONGEST_WAIT_MS, firstWaitMs * 2 ** failures);
  return new Promise((resolve) => {
    const finish = () => {
      clearTimeout(timer);
      window.removeEventListener("online", finish);
      stopped.removeEventListener("abort", finish);
      resolve();
    };
    const timer = setTimeout(finish, bound / 2 + (Math.random() * bound) / 2);
    window.addEventListener("online", finish);
    stopped.addEventListener("abort", finish);
  });
}
