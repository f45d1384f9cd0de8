import type { ServerResponse } from "node:http";
import { afterEach, describe, expect, it, vi } from "vitest";
import { asked, BrokenOff, type Heard, type World } from "@/lib/ai/answer-stream";
import { ProblemError, UnreachableError } from "@/lib/api/problem";
import { eventually } from "../support/eventually";
import { TestServer } from "../support/server";

type Scene = (response: ServerResponse, heard: readonly Heard[]) => void;
const STARTED = 'event: started\ndata: {"answer_id":"a1","chat_id":"c1","language":"en"}\n\n';
const TEXT = 'event: text\ndata: {"text":"Three "}\n\n: ping\n\nevent: text\ndata: {"text":"euros."}\n\n';
const CITED = 'event: citation\ndata: {"number":1,"at":12}\n\n';
const NEWER = 'event: mood\ndata: {"smile":true}\n\n';
const ENDED = 'event: ended\ndata: {"id":"a1","state":"done"}\n\n';

const plays =
  (text: string, then: "close" | "break" | "silence"): Scene =>
  (response, heard) => {
    response.writeHead(200, { "Content-Type": "text/event-stream" });
    response.write(text);
    if (then === "close") response.end();
    // What is still on its way when a connection breaks is lost.
    if (then === "break")
      void eventually(() => expect(heard.at(-1)?.kind).toBe("text")).then(() => response.destroy());
  };
const refuses =
  (status: number, code: string): Scene =>
  (response) =>
    void response.writeHead(status).end(JSON.stringify({ code }));

let server: TestServer | undefined;
afterEach(async () => {
  vi.useRealTimers();
  await server?.stop();
});

const SILENCE_MS = 40_000;

async function ask(scenes: Scene[], signal = new AbortController().signal) {
  const refused: string[] = [];
  const heard: Heard[] = [];
  const tokens: (string | undefined)[] = [];
  server = await TestServer.start((request, response) => {
    tokens.push(request.headers.authorization);
    scenes[Math.min(tokens.length, scenes.length) - 1]?.(response, heard);
  });
  const { url } = server;
  const world: World = {
    session: {
      accessToken: async () => `token-${refused.length}`,
      forget: (token) => void refused.push(token),
    },
    apiUrl: async () => url,
    silenceMs: SILENCE_MS,
  };
  const run = (async () => {
    for await (const each of asked("assistant", { question: "How much?" }, signal, world)) heard.push(each);
  })();
  return { run, heard, tokens };
}

describe("an answer as it is written", () => {
  it("comes piece by piece, with what is cited, to its end", async () => {
    const { run, heard } = await ask([plays(STARTED + TEXT + CITED + NEWER + ENDED, "silence")]);
    await run;
    expect(heard.map(({ kind }) => kind)).toEqual(["started", "text", "text", "citation", "ended"]);
    expect(heard[0]).toMatchObject({ answer_id: "a1", chat_id: "c1" });
    expect(heard[3]).toMatchObject({ citation: { number: 1, at: 12 } });
  });

  it("is asked for once more with a new token, and told where it is refused", async () => {
    const again = await ask([refuses(401, "unauthenticated"), plays(STARTED + ENDED, "close")]);
    await again.run;
    expect(again.tokens).toEqual(["Bearer token-0", "Bearer token-1"]);
    await server?.stop();
    const refused = await ask([refuses(409, "budget_reached")]);
    await expect(refused.run).rejects.toMatchObject({ code: "budget_reached" });
    await expect(refused.run).rejects.toBeInstanceOf(ProblemError);
  });

  it.each(["close", "break"] as const)("says so when its stream ends too early (%s)", async (then) => {
    const { run, heard } = await ask([plays(STARTED + TEXT, then)]);
    await expect(run).rejects.toBeInstanceOf(BrokenOff);
    expect(heard[0]?.kind).toBe("started");
  });

  it("is given up after a long silence", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const { run, heard } = await ask([plays(STARTED, "silence")]);
    await eventually(() => expect(heard).toHaveLength(1));
    vi.advanceTimersByTime(SILENCE_MS);
    await expect(run).rejects.toBeInstanceOf(BrokenOff);
  });

  it("is left at a word", async () => {
    const stop = new AbortController();
    const { run } = await ask([plays(STARTED, "silence")], stop.signal);
    stop.abort();
    await expect(run).rejects.toThrow();
  });

  it("was not asked for where nobody is there", async () => {
    const { run } = await ask([(response) => void response.destroy()]);
    await expect(run).rejects.toBeInstanceOf(UnreachableError);
  });
});
