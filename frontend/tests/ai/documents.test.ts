import { describe, expect, it } from "vitest";
import { filtered, isOnItsWay, progressOf, typeOf } from "@/lib/ai/documents";
import type { Document } from "@/lib/ai/types";

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

  it.each([
    ["a.md", "", "text/markdown"],
    ["Prices.CSV", "application/vnd.ms-excel", "text/csv"],
    ["a.b.pdf", "application/pdf", "application/pdf"],
    ["picture", "image/png", "image/png"],
    ["thing.xyz", "", "application/octet-stream"],
  ])("of the name %s are of the right type", (name, type, wanted) => {
    expect(typeOf({ name, type })).toBe(wanted);
  });
});
