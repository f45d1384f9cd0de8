import { describe, expect, it } from "vitest";
import { duplicateOf, filtered, isOnItsWay, progressOf } from "@/lib/ai/documents";
import type { Document } from "@/lib/ai/types";
import { ProblemError } from "@/lib/api/problem";

const document = (name: string, state: Document["state"], done = 0, total = 0) =>
  ({ name, state, progress: { done, total } }) as Document;

describe("documents", () => {
  it("go forward with every stage, and with every passage of the last", () => {
    const way = [
      document("a", "uploading"),
      document("a", "queued"),
      document("a", "extracting"),
      document("a", "splitting"),
      document("a", "embedding"),
      document("a", "embedding", 1, 4),
      document("a", "embedding", 4, 4),
    ].map(progressOf);
    expect(way).toEqual([...way].sort((one, other) => one - other));
    expect(way.at(-1)).toBe(100);
    expect(isOnItsWay(document("a", "failed"))).toBe(false);
  });

  it("are found by name and by how they are", () => {
    const all = [
      document("Prices.md", "ready"),
      document("old prices.pdf", "failed"),
      document("x", "queued"),
    ];
    expect(filtered(all, " PRICES ", "all")).toHaveLength(2);
    expect(filtered(all, "", "waiting")).toEqual([all[2]]);
    expect(filtered(all, "prices", "failed")).toEqual([all[1]]);
  });

  it("that are there already are named by the refusal, and by no other", () => {
    const members = { document_id: "d1" };
    expect(duplicateOf(new ProblemError(409, { code: "duplicate_document", members }))).toBe("d1");
    expect(duplicateOf(new ProblemError(409, { code: "duplicate_document" }))).toBeUndefined();
    expect(duplicateOf(new ProblemError(413, { code: "document_too_large", members }))).toBeUndefined();
    expect(duplicateOf(new Error("no network"))).toBeUndefined();
  });
});
