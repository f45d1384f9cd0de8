import { describe, expect, it } from "vitest";
import { daysOf, monthOf, monthsFrom } from "@/lib/ai/months";

const NOON = Date.parse("2026-03-05T12:00:00Z");

describe("months", () => {
  it("go over the years", () => {
    expect(monthOf(NOON)).toBe("2026-03");
    expect(monthsFrom("2026-01", -1)).toBe("2025-12");
    expect(monthsFrom("2025-12", 1)).toBe("2026-01");
  });

  it("have all their days, or those that have come", () => {
    expect(daysOf("2024-02")).toHaveLength(29);
    expect(daysOf("2026-03", "2026-03-05")).toEqual([
      "2026-03-01",
      "2026-03-02",
      "2026-03-03",
      "2026-03-04",
      "2026-03-05",
    ]);
  });
});
