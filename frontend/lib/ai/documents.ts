/** What is known of documents: how far they are, what they are, and who may read them. */
import type { Document, DocumentAccess } from "@/lib/ai/types";
import { ProblemError } from "@/lib/api/problem";

/** The stages on a document's way, in their order, each with the percent of the way at which it begins. */
const BEGINS: Partial<Record<Document["state"], number>> = {
  uploading: 0,
  queued: 5,
  extracting: 10,
  splitting: 35,
  embedding: 40,
};

export function isOnItsWay({ state }: Document): boolean {
  return state in BEGINS;
}

/** Percent of the way to being found; the last stage, which takes longest, counts its passages. */
export function progressOf({ state, progress }: Document): number {
  const begin = BEGINS[state] ?? 100;
  if (state !== "embedding" || progress.total === 0) return begin;
  return begin + (100 - begin) * Math.min(1, progress.done / progress.total);
}

export type Shown = "all" | "ready" | "waiting" | "failed";

/** Those of a state whose names hold `wanted`. */
export function filtered(documents: readonly Document[], wanted: string, shown: Shown): Document[] {
  const name = wanted.trim().toLocaleLowerCase();
  return documents.filter(
    (each) =>
      each.name.toLocaleLowerCase().includes(name) &&
      (shown === "all" || (shown === "waiting" ? isOnItsWay(each) : each.state === shown)),
  );
}

export function accessOf({ audience, roles, user_ids }: Document): DocumentAccess {
  return { audience, roles, user_ids };
}

/** Why documents fail, as the API says it; each has a text of its own. */
export const REASONS = [
  "broken",
  "empty",
  "encrypted",
  "failed",
  "malware",
  "missing",
  "not_confined",
  "not_scannable",
  "scanned",
  "too_large",
  "too_many_pages",
  "too_slow",
  "unsupported",
  "wrong_checksum",
  "wrong_size",
  "wrong_type",
] as const;
export type Reason = (typeof REASONS)[number];

/** Reasons that are of the platform or of the moment: the same file may do next time. */
const PASSING: ReadonlySet<string> = new Set([
  "failed",
  "missing",
  "not_confined",
  "not_scannable",
  "too_slow",
]);

export function mayHelpToRetry(reason: string | null): boolean {
  return reason !== null && PASSING.has(reason);
}

/** The document that has the content already, where that is why a file was refused. */
export function duplicateOf(error: unknown): string | undefined {
  if (!(error instanceof ProblemError) || error.code !== "duplicate_document") return undefined;
  const { document_id } = error.members;
  return typeof document_id === "string" ? document_id : undefined;
}
