/**
 * The questions of this tab that are being answered. An answer goes on while its asker looks at another chat, or is in
 * another room: to close its stream would stop it.
 */
import { asked, BrokenOff, type Heard } from "@/lib/ai/answer-stream";
import type { Answer, Citation, Question, Source } from "@/lib/ai/types";
import { api, data } from "@/lib/api/client";

/** One question: `asking` until the API has taken it, `searching` until its sources are known, then `writing`. */
export type Run = {
  id: string;
  assistant_id: string;
  question: string;
  version: number | null;
  chat_id: string | null;
  answer_id: string | null;
  state: "asking" | "searching" | "writing" | "ended" | "failed";
  isStopping: boolean;
  text: string;
  citations: readonly Citation[];
  sources: readonly Source[];
  /** Once it has ended. */
  answer: Answer | undefined;
  /** Why it failed; then nothing was answered. */
  error: unknown;
};

export type World = {
  stream: (assistant: string, question: Question, signal: AbortSignal) => AsyncIterable<Heard>;
  stop: (answer: string) => Promise<unknown>;
  read: (answer: string) => Promise<Answer>;
  pause: (ms: number) => Promise<void>;
};
const REAL: World = {
  stream: (assistant, question, signal) => asked(assistant, question, signal),
  stop: (answer_id) => data(api.POST("/v1/answers/{answer_id}/stop", { params: { path: { answer_id } } })),
  read: (answer_id) => data(api.GET("/v1/answers/{answer_id}", { params: { path: { answer_id } } })),
  pause: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
};

/** Pieces of a text that come within one picture are shown in one. */
const GATHER_MS = 30;
/** What was stopped ends within this, or its stream is closed. */
const STOP_MS = 4_000;
/** An answer whose stream broke has been ended by the server soon. */
const LOOK_MS = 1_000;
const LOOKS = 20;

export class Asking {
  private readonly runs = new Map<string, Run>();
  private readonly aborts = new Map<string, AbortController>();
  private readonly listeners = new Set<() => void>();
  private state: readonly Run[] = [];
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly world: World = REAL) {}

  readonly getState = (): readonly Run[] => this.state;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** The id of the run that answers the question. */
  ask(assistant_id: string, question: Question): string {
    const id = crypto.randomUUID();
    this.runs.set(id, {
      id,
      assistant_id,
      question: question.question,
      version: question.version ?? null,
      chat_id: question.chat_id ?? null,
      answer_id: null,
      state: "asking",
      isStopping: false,
      text: "",
      citations: [],
      sources: [],
      answer: undefined,
      error: undefined,
    });
    this.publish();
    void this.follow(id, assistant_id, question);
    return id;
  }

  /** Asks the server to end the answer, which then comes with its receipt; closes the stream where it does not. */
  async stop(id: string): Promise<void> {
    const run = this.runs.get(id);
    const abort = this.aborts.get(id);
    if (!run || !abort || run.isStopping) return;
    this.change(id, { isStopping: true });
    if (run.answer_id !== null) {
      await this.world.stop(run.answer_id).catch(() => undefined);
      await this.world.pause(STOP_MS);
    }
    abort.abort();
  }

  /** It is known from elsewhere, or need not be shown any more. One at work is stopped. */
  forget(id: string): void {
    this.aborts.get(id)?.abort();
    this.aborts.delete(id);
    this.runs.delete(id);
    this.publish();
  }

  clear(): void {
    for (const id of [...this.runs.keys()]) this.forget(id);
  }

  private async follow(id: string, assistant: string, question: Question): Promise<void> {
    const abort = new AbortController();
    this.aborts.set(id, abort);
    try {
      for await (const heard of this.world.stream(assistant, question, abort.signal)) this.hear(id, heard);
    } catch (error) {
      await this.recover(id, error);
    } finally {
      this.aborts.delete(id);
    }
  }

  /** What was written before a stream broke, or was closed here, is kept by the server. */
  private async recover(id: string, error: unknown): Promise<void> {
    const answer_id = this.runs.get(id)?.answer_id ?? null;
    if (answer_id !== null) {
      for (let look = 0; look < LOOKS; look++) {
        const answer = await this.world.read(answer_id).catch(() => undefined);
        if (answer && answer.state !== "running") {
          this.change(id, { state: "ended", answer });
          return;
        }
        await this.world.pause(LOOK_MS);
      }
    }
    this.change(id, { state: "failed", error: answer_id === null ? error : new BrokenOff() });
  }

  private hear(id: string, heard: Heard): void {
    const run = this.runs.get(id);
    if (!run) return;
    const next = afterHeard(run, heard);
    this.runs.set(id, next);
    if (next.state === run.state) this.publishSoon();
    else this.publish();
  }

  private change(id: string, change: Partial<Run>): void {
    const run = this.runs.get(id);
    if (!run) return;
    this.runs.set(id, { ...run, ...change });
    this.publish();
  }

  private publishSoon(): void {
    this.timer ??= setTimeout(() => this.publish(), GATHER_MS);
  }

  private publish(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.state = [...this.runs.values()];
    for (const listener of [...this.listeners]) listener();
  }
}

export function afterHeard(run: Run, heard: Heard): Run {
  switch (heard.kind) {
    case "started":
      return { ...run, state: "searching", answer_id: heard.answer_id, chat_id: heard.chat_id };
    case "sources":
      return { ...run, state: "writing", sources: heard.items };
    case "text":
      return { ...run, state: "writing", text: run.text + heard.text };
    case "citation":
      return { ...run, citations: [...run.citations, heard.citation] };
    case "ended":
      return { ...run, state: "ended", answer: heard.answer };
  }
}

export function isAtWork({ state }: Run): boolean {
  return state !== "ended" && state !== "failed";
}
