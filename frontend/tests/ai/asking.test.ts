import { describe, expect, it } from "vitest";
import { BrokenOff, type Heard } from "@/lib/ai/answer-stream";
import { entriesOf, withAnswer } from "@/lib/ai/answers";
import { Asking, isAtWork, type World } from "@/lib/ai/asking";
import type { Answer, Citation } from "@/lib/ai/types";
import { ProblemError } from "@/lib/api/problem";
import { eventually } from "../support/eventually";

const answer = (id: string, state: Answer["state"] = "done", text = "") => ({ id, state, text }) as Answer;
const started: Heard = { kind: "started", answer_id: "a1", chat_id: "c1", language: "en" };
const said = (text: string): Heard => ({ kind: "text", text });
const cited = (number: number): Heard => ({ kind: "citation", citation: { number } as Citation });
const ended = (state: Answer["state"] = "done"): Heard => ({ kind: "ended", answer: answer("a1", state) });

/** A server that speaks at the word of the test. */
class Server implements World {
  readonly stopped: string[] = [];
  kept: Answer[] = [];
  isClosed = false;
  private readonly queue: (Heard | Error)[] = [];
  private wake = () => {};

  tell(...news: (Heard | Error)[]): void {
    this.queue.push(...news);
    this.wake();
  }

  async *stream(_assistant: string, _question: object, signal: AbortSignal): AsyncGenerator<Heard> {
    signal.addEventListener("abort", () => this.tell(new Error("aborted")));
    try {
      for (;;) {
        const next = this.queue.shift();
        if (next instanceof Error) throw next;
        if (next) yield next;
        else await new Promise<void>((resolve) => (this.wake = resolve));
        if (next?.kind === "ended") return;
      }
    } finally {
      this.isClosed = true;
    }
  }

  readonly stop = async (id: string) => void this.stopped.push(id);
  readonly read = async () => {
    const next = this.kept.length > 1 ? this.kept.shift() : this.kept[0];
    if (!next) throw new Error("nothing");
    return next;
  };
  readonly pause = async () => undefined;
}

function scene() {
  const server = new Server();
  const asking = new Asking(server);
  const id = asking.ask("assistant", { question: "How much?" });
  const run = () => asking.getState().find((each) => each.id === id);
  return { server, asking, id, run };
}

describe("a question", () => {
  it("shows what is written as it comes, and ends with the whole answer", async () => {
    const { server, run } = scene();
    expect(run()).toMatchObject({ state: "asking", question: "How much?" });
    server.tell(started);
    await eventually(() => expect(run()).toMatchObject({ state: "searching", chat_id: "c1" }));
    server.tell({ kind: "sources", items: [] }, said("Three "), said("euros."), cited(1));
    await eventually(() => expect(run()).toMatchObject({ state: "writing", text: "Three euros." }));
    expect(run()?.citations).toHaveLength(1);
    server.tell(ended());
    await eventually(() => expect(run()).toMatchObject({ state: "ended", answer: { id: "a1" } }));
  });

  it("that is refused says why", async () => {
    const { server, run } = scene();
    server.tell(new ProblemError(409, { code: "limit_reached" }));
    await eventually(() =>
      expect(run()).toMatchObject({ state: "failed", error: { code: "limit_reached" } }),
    );
  });

  it("that is stopped keeps what was written, by the word of the server", async () => {
    const { server, asking, id, run } = scene();
    server.tell(started, said("Three"));
    await eventually(() => expect(run()?.text).toBe("Three"));
    server.tell(ended("stopped"));
    await asking.stop(id);
    await eventually(() => expect(run()).toMatchObject({ state: "ended", answer: { state: "stopped" } }));
  });

  it("is closed here where the server does not stop it, and read again", async () => {
    const { server, asking, id, run } = scene();
    server.tell(started);
    await eventually(() => expect(run()?.answer_id).toBe("a1"));
    server.kept = [answer("a1", "running"), answer("a1", "stopped")];
    await asking.stop(id);
    expect(server.stopped).toEqual(["a1"]);
    await eventually(() => expect(run()).toMatchObject({ state: "ended", answer: { state: "stopped" } }));
    expect(server.isClosed).toBe(true);
  });

  it("whose stream broke is read again once it has ended", async () => {
    const { server, run } = scene();
    server.tell(started, new BrokenOff());
    server.kept = [answer("a1", "running"), answer("a1", "stopped", "Three")];
    await eventually(() => expect(run()).toMatchObject({ state: "ended", answer: { text: "Three" } }));
  });

  it("whose answer is nowhere has failed, and says so", async () => {
    const { server, run } = scene();
    server.tell(started, new BrokenOff());
    await eventually(() => expect(run()?.state).toBe("failed"));
    expect(run()?.error).toBeInstanceOf(BrokenOff);
  });

  it("that is forgotten is stopped", async () => {
    const { server, asking } = scene();
    server.tell(started);
    asking.clear();
    await eventually(() => expect(server.isClosed).toBe(true));
    expect(asking.getState()).toEqual([]);
  });
});

describe("a chat", () => {
  it("shows each answer once: while it is written by this tab, afterwards by the API", async () => {
    const { server, run, asking } = scene();
    server.tell(started, said("Three"));
    await eventually(() => expect(run()?.text).toBe("Three"));
    const before = withAnswer(withAnswer(undefined, answer("a0")), answer("a1", "running"));
    const shown = entriesOf(before, asking.getState());
    expect(shown.map(({ key, run: own }) => [key, own && isAtWork(own)])).toEqual([
      ["a0", undefined],
      ["a1", true],
    ]);
    server.tell(ended());
    await eventually(() => expect(run()?.state).toBe("ended"));
    const after = withAnswer(before, answer("a1"));
    expect(entriesOf(after, asking.getState()).map(({ key, answer: own }) => [key, own?.state])).toEqual([
      ["a0", "done"],
      ["a1", "done"],
    ]);
  });

  it("takes an answer that was rated in place of the one before", () => {
    const pages = withAnswer(withAnswer(undefined, answer("a0")), answer("a1"));
    const rated = { ...answer("a0"), rating: 1 as const };
    expect(withAnswer(pages, rated).pages[0]?.items.map(({ id, rating }) => [id, rating])).toEqual([
      ["a1", undefined],
      ["a0", 1],
    ]);
  });
});
