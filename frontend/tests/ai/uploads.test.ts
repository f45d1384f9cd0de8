import { describe, expect, it } from "vitest";
import type { Document, DocumentAccess } from "@/lib/ai/types";
import {
  AT_ONCE,
  FileFault,
  mayHelpToSendAgain,
  type Steps,
  type UploadState,
  Uploads,
} from "@/lib/ai/uploads";
import { ProblemError, UnreachableError } from "@/lib/api/problem";
import { eventually } from "../support/eventually";

const MEMBERS: DocumentAccess = { audience: "members", roles: [], user_ids: [] };
const file = (name: string, content = name) => new File([content], name);
const inAnHour = () => new Date(Date.now() + 3_600_000).toISOString();

/** A store that takes files at the word of the test. */
class Store {
  readonly announced: string[] = [];
  readonly discarded: string[] = [];
  readonly sent: string[] = [];
  puts = 0;
  expires_at = inAnHour();
  private readonly waiting: { name: string; resolve: () => void; reject: (error: Error) => void }[] = [];
  refusal: Error | undefined;

  readonly uploads = new Uploads(this.steps());

  get atWork(): string[] {
    return this.waiting.map(({ name }) => name);
  }

  async finish(fault?: Error): Promise<void> {
    await eventually(() => expect(this.waiting.length).toBeGreaterThan(0));
    const first = this.waiting.shift();
    if (fault) first?.reject(fault);
    else first?.resolve();
  }

  states(): UploadState["kind"][] {
    return this.uploads.getState().map(({ state }) => state.kind);
  }

  private steps(): Steps {
    return {
      digest: async ({ name }) => {
        if (name === "unreadable.txt") throw new DOMException("gone", "NotReadableError");
        return "0".repeat(64);
      },
      announce: async ({ name }) => {
        if (this.refusal) throw this.refusal;
        this.announced.push(name);
        const upload = { method: "PUT" as const, url: "x", headers: {}, expires_at: this.expires_at };
        return { id: `id-of-${name}`, upload };
      },
      put: (sent, _, onProgress, signal) =>
        new Promise((resolve, reject) => {
          this.puts += 1;
          onProgress(0.5);
          signal.addEventListener("abort", () => reject(new Error("aborted")));
          this.waiting.push({ name: sent.name, resolve, reject });
        }),
      complete: async (id) => {
        this.sent.push(id);
        return { id } as Document;
      },
      discard: async (id) => void this.discarded.push(id),
    };
  }
}

const names = (count: number) => Array.from({ length: count }, (_, index) => `${index}.txt`);

describe("files that are added", () => {
  it("are sent three at a time, each to its end", async () => {
    const store = new Store();
    store.uploads.add(
      names(5).map((name) => file(name)),
      MEMBERS,
    );
    await eventually(() => expect(store.atWork).toHaveLength(AT_ONCE));
    expect(store.states()).toEqual(["sending", "sending", "sending", "waiting", "waiting"]);
    expect(store.uploads.isBusy).toBe(true);
    await store.finish();
    await eventually(() => expect(store.atWork).toEqual(["1.txt", "2.txt", "3.txt"]));
    for (let left = 4; left > 0; left--) await store.finish();
    await eventually(() => expect(store.states()).toEqual(Array(5).fill("done")));
    expect(store.sent).toEqual(names(5).map((name) => `id-of-${name}`));
    expect(store.uploads.isBusy).toBe(false);
  });

  it("that failed on the way are sent again to the same address, while it is good", async () => {
    const store = new Store();
    store.uploads.add([file("a.txt")], MEMBERS);
    await store.finish(new UnreachableError("no network"));
    await eventually(() => expect(store.states()).toEqual(["failed"]));
    store.uploads.retryUnreachable();
    await store.finish();
    await eventually(() => expect(store.states()).toEqual(["done"]));
    expect(store.announced).toEqual(["a.txt"]);
    expect(store.puts).toBe(2);
  });

  it("are announced anew when their address has ended", async () => {
    const store = new Store();
    store.expires_at = new Date(Date.now() + 1_000).toISOString();
    store.uploads.add([file("a.txt")], MEMBERS);
    await store.finish(new UnreachableError("no network"));
    await eventually(() => expect(store.states()).toEqual(["failed"]));
    store.uploads.retry(store.uploads.getState()[0]?.key ?? "");
    await store.finish();
    await eventually(() => expect(store.states()).toEqual(["done"]));
    expect(store.announced).toEqual(["a.txt", "a.txt"]);
  });

  it("that are there already name the document that is the same", async () => {
    const store = new Store();
    store.refusal = new ProblemError(409, { code: "duplicate_document", members: { document_id: "d1" } });
    store.uploads.add([file("a.txt")], MEMBERS);
    await eventually(() =>
      expect(store.uploads.getState()[0]?.state).toEqual({ kind: "duplicate", document_id: "d1" }),
    );
  });

  it("say what is wrong with them before anything is sent", async () => {
    const store = new Store();
    store.uploads.add([file("empty.txt", ""), file("unreadable.txt")], MEMBERS);
    await eventually(() => expect(store.states()).toEqual(["failed", "failed"]));
    const faults = store.uploads
      .getState()
      .map(({ state }) => state.kind === "failed" && state.error instanceof FileFault && state.error.fault);
    expect(faults).toEqual(["empty", "unreadable"]);
    expect(store.announced).toEqual([]);
  });

  it("that are taken back leave nothing behind, and make place for the next", async () => {
    const store = new Store();
    store.uploads.add(
      names(4).map((name) => file(name)),
      MEMBERS,
    );
    await eventually(() => expect(store.atWork).toHaveLength(AT_ONCE));
    store.uploads.remove(store.uploads.getState()[0]?.key ?? "");
    await eventually(() => expect(store.atWork).toContain("3.txt"));
    expect(store.discarded).toEqual(["id-of-0.txt"]);
    expect(store.states()).toHaveLength(3);
    store.uploads.clear();
    expect(store.uploads.getState()).toEqual([]);
  });

  it.each([
    [new FileFault("empty"), false],
    [new ProblemError(422, { code: "document_unsupported" }), false],
    [new ProblemError(413, { code: "document_too_large" }), false],
    [new ProblemError(409, { code: "limit_reached" }), true],
    [new ProblemError(503, { code: "unavailable" }), true],
    [new UnreachableError("no network"), true],
  ])("are offered to be sent again where that may help: after %s, %s", (error, mayHelp) => {
    expect(mayHelpToSendAgain(error)).toBe(mayHelp);
  });
});
