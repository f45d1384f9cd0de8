import { describe, expect, it } from "vitest";
import { typeOf } from "@/lib/files/types";

describe("the type of a file", () => {
  it.each([
    ["a.md", "", "text/markdown"],
    ["Prices.CSV", "application/vnd.ms-excel", "text/csv"],
    ["a.b.pdf", "application/pdf", "application/pdf"],
    ["picture", "image/png", "image/png"],
    ["thing.xyz", "", "application/octet-stream"],
  ])("of the name %s is right", (name, type, wanted) => {
    expect(typeOf({ name, type })).toBe(wanted);
  });
});
