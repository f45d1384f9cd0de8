/** Asks an assistant and reads the answer as it is written. */
import type { Answer, Citation, Question, Source } from "@/lib/ai/types";
import { patiently } from "@/lib/api/patiently";
import { ProblemError, UnreachableError } from "@/lib/api/problem";
import { loadConfig } from "@/lib/config";
import { eventsOf, type StreamEvent } from "@/lib/live/event-stream";
import { session } from "@/lib/session/session";

export type Heard =
  | { kind: "started"; answer_id: string; chat_id: string; language: string }
  | { kind: "sources"; items: Source[] }
  | { kind: "text"; text: string }
  | { kind: "citation"; citation: Citation }
  | { kind: "ended"; answer: Answer };

/** What asking needs of the world; the browser's by default. */
export type World = {
  session: { accessToken(): Promise<string>; forget(refused: string): void };
  apiUrl: () => Promise<string>;
  silenceMs: number;
};

const SILENCE_MS = 40_000; // The server speaks at least every 15 s: a longer silence is a dead connection.

/** The stream broke before the answer's end. */
export class BrokenOff extends Error {
  override name = "BrokenOff";
}

function browser(): World {
  return { session: session(), apiUrl: async () => (await loadConfig()).apiUrl, silenceMs: SILENCE_MS };
}

/**
 * Everything that happens, `ended` last. Who leaves earlier, or aborts, stops the answer.
 *
 * Throws ProblemError, SignedOutError or UnreachableError where nothing was asked, BrokenOff later on.
 */
export async function* asked(
  assistant: string,
  question: Question,
  signal: AbortSignal,
  world: World = browser(),
): AsyncGenerator<Heard> {
  const dead = new AbortController();
  const both = AbortSignal.any([signal, dead.signal]);
  const silence = watched(world.silenceMs, () => dead.abort());
  try {
    const body = await opened(`/v1/assistants/${assistant}/answers/stream`, question, both, world);
    try {
      for await (const event of eventsOf(body, silence.heard)) {
        const heard = read(event);
        if (heard) yield heard;
        if (heard?.kind === "ended") return;
      }
    } catch (error) {
      if (signal.aborted) throw error;
      throw new BrokenOff("The stream broke.", { cause: error });
    }
    throw new BrokenOff("The stream ended without its last event.");
  } finally {
    silence.stop();
  }
}

async function opened(
  path: string,
  question: Question,
  signal: AbortSignal,
  { session, apiUrl }: World,
): Promise<ReadableStream<Uint8Array>> {
  const url = `${await apiUrl()}${path}`;
  const post = async (token: string) => {
    const headers = {
      Authorization: `Bearer ${token}`,
      Accept: "text/event-stream",
      "Content-Type": "application/json",
    };
    try {
      return await patiently(() =>
        fetch(url, { method: "POST", headers, body: JSON.stringify(question), signal }),
      );
    } catch (error) {
      throw new UnreachableError("The API does not answer.", { cause: error });
    }
  };
  const token = await session.accessToken();
  let answer = await post(token);
  if (answer.status === 401) {
    session.forget(token);
    answer = await post(await session.accessToken());
  }
  if (!answer.ok || !answer.body) throw await ProblemError.from(answer);
  return answer.body;
}

/** Undefined for what is newer than this page. */
function read({ event, data }: StreamEvent): Heard | undefined {
  const told = JSON.parse(data);
  switch (event) {
    case "citation":
      return { kind: "citation", citation: told };
    case "ended":
      return { kind: "ended", answer: told };
    case "started":
    case "sources":
    case "text":
      return { kind: event, ...told };
  }
}

/** Calls `die` once nothing was heard for long. */
function watched(silenceMs: number, die: () => void) {
  let timer = setTimeout(die, silenceMs);
  return {
    heard: () => {
      clearTimeout(timer);
      timer = setTimeout(die, silenceMs);
    },
    stop: () => clearTimeout(timer),
  };
}
