import { describe, expect, it } from "vitest";
import { quoted } from "@/lib/ai/quotes";

describe("quoted words", () => {
  it("are found in their text, across its lines", () => {
    expect(quoted("Rye bread\ncosts 3 €. Fresh.", "bread costs 3 €.")).toEqual([
      { text: "Rye ", isQuoted: false },
      { text: "bread\ncosts 3 €.", isQuoted: true },
      { text: " Fresh.", isQuoted: false },
    ]);
  });

  it("are words, whatever signs are in them", () => {
    for (const quote of ["(a+b)*", "[x]{2}", "a|b", "c:\\d", "2-3/4", "$5^"])
      expect(quoted(`>${quote}<`, quote)?.[1]).toEqual({ text: quote, isQuoted: true });
  });

  it("are not found where they do not stand", () => {
    expect(quoted("Rye bread", "wheat")).toBeNull();
    expect(quoted("Rye bread", " ")).toBeNull();
  });
});
