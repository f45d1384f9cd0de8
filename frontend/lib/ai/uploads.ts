/**
 * The files that are being added to a knowledge base: each is read for its checksum, announced, sent and completed, at
 * most three at a time. They go on while the reader is in another room.
 */
import { duplicateOf } from "@/lib/ai/documents";
import type { Document, DocumentAccess } from "@/lib/ai/types";
import { api, data, type Schemas } from "@/lib/api/client";
import { ProblemError, UnreachableError } from "@/lib/api/problem";
import { digestOf } from "@/lib/files/sha256";
import { typeOf } from "@/lib/files/types";
import { nameOf, put } from "@/lib/files/upload";

export const AT_ONCE = 3;
/** An upload address that ends sooner than this is not used again. */
const ENDS_SOON_MS = 5 * 60_000;

export type UploadState =
  | { kind: "waiting" }
  | { kind: "reading" | "sending"; share: number }
  | { kind: "done"; document: Document }
  | { kind: "duplicate"; document_id: string }
  | { kind: "failed"; error: unknown };

/** `replaces` is the id of the document whose place the file takes, `document_id` that of its own once it has one. */
export type Upload = {
  key: string;
  file: File;
  replaces: string | null;
  document_id: string | null;
  state: UploadState;
};
type Announced = Schemas["NewDocumentAnswer"];
type Share = (share: number) => void;

/** The file is empty, or cannot be read: it was changed, moved or deleted since it was chosen. */
export class FileFault extends Error {
  override name = "FileFault";
  constructor(
    readonly fault: "empty" | "unreadable",
    options?: ErrorOptions,
  ) {
    super(fault, options);
  }
}

export type Steps = {
  digest: (file: File, signal: AbortSignal, onProgress: Share) => Promise<string>;
  announce: (body: Schemas["NewDocument"], signal: AbortSignal) => Promise<Announced>;
  put: (file: File, to: Announced["upload"], onProgress: Share, signal: AbortSignal) => Promise<void>;
  complete: (id: string, signal: AbortSignal) => Promise<Document>;
  discard: (id: string) => Promise<unknown>;
};

type Item = Omit<Upload, "document_id"> & {
  access: DocumentAccess;
  stop: AbortController;
  sha256?: string;
  announced?: Announced;
};

export class Uploads {
  private readonly items = new Map<string, Item>();
  private readonly listeners = new Set<() => void>();
  private state: readonly Upload[] = [];
  private working = 0;

  constructor(private readonly steps: Steps) {}

  readonly getState = (): readonly Upload[] => this.state;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Whether leaving the page would lose something. */
  get isBusy(): boolean {
    return this.state.some(({ state }) => isUnfinished(state));
  }

  readonly add = (files: readonly File[], access: DocumentAccess, replaces: string | null = null): void => {
    for (const file of files) {
      const key = crypto.randomUUID();
      const stop = new AbortController();
      this.items.set(key, { key, file, replaces, access, stop, state: { kind: "waiting" } });
    }
    this.publish();
    this.next();
  };

  /** Tries again what failed. */
  readonly retry = (key: string): void => {
    const item = this.items.get(key);
    if (item?.state.kind !== "failed") return;
    item.stop = new AbortController();
    this.change(item, { kind: "waiting" });
    this.next();
  };

  /** For when the network is back. */
  readonly retryUnreachable = (): void => {
    for (const { key, state } of this.items.values())
      if (state.kind === "failed" && state.error instanceof UnreachableError) this.retry(key);
  };

  /** Stops it, if it is at work, and forgets it here; what became of it before stays. */
  readonly remove = (key: string): void => {
    const item = this.items.get(key);
    if (!item) return;
    this.items.delete(key);
    item.stop.abort();
    if (item.announced && item.state.kind !== "done")
      void this.steps.discard(item.announced.id).catch(() => undefined);
    this.publish();
  };

  readonly clear = (): void => {
    for (const key of [...this.items.keys()]) this.remove(key);
  };

  private next(): void {
    for (const item of this.items.values()) {
      if (this.working >= AT_ONCE) return;
      if (item.state.kind === "waiting") void this.work(item);
    }
  }

  private async work(item: Item): Promise<void> {
    this.working += 1;
    try {
      this.change(item, { kind: "done", document: await this.send(item) });
    } catch (error) {
      // One that was removed is not in the list any more.
      if (!item.stop.signal.aborted) this.change(item, outcomeOf(error));
    } finally {
      this.working -= 1;
      this.next();
    }
  }

  private async send(item: Item): Promise<Document> {
    const { file } = item;
    const { signal } = item.stop;
    if (file.size === 0) throw new FileFault("empty");
    const at = (kind: "reading" | "sending") => (share: number) => this.change(item, { kind, share });
    at("reading")(0);
    item.sha256 ??= await this.digest(item, at("reading"));
    if (!item.announced || endsSoon(item.announced)) {
      item.announced = await this.steps.announce(announcement(item, item.sha256), signal);
    }
    at("sending")(0);
    await this.steps.put(file, item.announced.upload, at("sending"), signal);
    signal.throwIfAborted();
    return this.steps.complete(item.announced.id, signal);
  }

  private async digest({ file, stop }: Item, onProgress: Share): Promise<string> {
    try {
      return await this.steps.digest(file, stop.signal, onProgress);
    } catch (error) {
      throw stop.signal.aborted ? error : new FileFault("unreadable", { cause: error });
    }
  }

  private change(item: Item, state: UploadState): void {
    item.state = state;
    this.publish();
  }

  private publish(): void {
    this.state = [...this.items.values()].map(({ key, file, replaces, announced, state }) => ({
      key,
      file,
      replaces,
      document_id: announced?.id ?? null,
      state,
    }));
    for (const listener of [...this.listeners]) listener();
  }
}

export function isUnfinished({ kind }: UploadState): boolean {
  return kind === "waiting" || kind === "reading" || kind === "sending";
}

/** Whether the same file may do when it is sent again: not where it is the file that was refused. */
export function mayHelpToSendAgain(error: unknown): boolean {
  if (error instanceof FileFault) return false;
  return !(error instanceof ProblemError) || ![413, 422].includes(error.status);
}

function announcement({ file, access, replaces }: Item, sha256: string): Schemas["NewDocument"] {
  return { name: nameOf(file), size: file.size, content_type: typeOf(file), sha256, access, replaces };
}

function endsSoon({ upload }: Announced): boolean {
  return Date.parse(upload.expires_at) - Date.now() < ENDS_SOON_MS;
}

function outcomeOf(error: unknown): UploadState {
  const document_id = duplicateOf(error);
  return document_id === undefined ? { kind: "failed", error } : { kind: "duplicate", document_id };
}

/** By the API, for one knowledge base. */
export function stepsFor(knowledge_base_id: string): Steps {
  const documents = "/v1/knowledge-bases/{knowledge_base_id}/documents" as const;
  const one = (document_id: string) => ({ path: { knowledge_base_id, document_id } });
  return {
    digest: digestOf,
    announce: (body, signal) =>
      data(api.POST(documents, { params: { path: { knowledge_base_id } }, body, signal })),
    put,
    complete: (id, signal) =>
      data(api.POST(`${documents}/{document_id}/complete`, { params: one(id), signal })),
    discard: (id) => data(api.DELETE(`${documents}/{document_id}`, { params: one(id) })),
  };
}
