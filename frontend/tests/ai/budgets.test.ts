import { describe, expect, it } from "vitest";
import { type BudgetValues, bodyOf } from "@/lib/ai/budgets";

const VALUES: BudgetValues = { whose: "user:u1", period: "day", queries: "100", dollars: "" };

describe("a budget", () => {
  it("is of one person or one assistant, in questions, in cents, or in both", () => {
    expect(bodyOf(VALUES)).toEqual({
      assistant_id: null,
      user_id: "u1",
      period: "day",
      most_queries: 100,
      most_cents: null,
    });
    expect(bodyOf({ ...VALUES, whose: "assistant:a1", queries: "", dollars: "2.5" })).toMatchObject({
      assistant_id: "a1",
      user_id: null,
      most_queries: null,
      most_cents: 250,
    });
  });

  it.each([
    ["7", 700],
    ["0,05", 5],
    ["12.34", 1_234],
  ])("reads %s dollars", (dollars, most_cents) => {
    expect(bodyOf({ ...VALUES, dollars })).toMatchObject({ most_cents });
  });

  it.each([
    [{ queries: "many" }, "number_fault"],
    [{ queries: "1.5" }, "number_fault"],
    [{ queries: "-1" }, "number_fault"],
    [{ dollars: "five" }, "price_fault"],
    [{ dollars: "1.234" }, "price_fault"],
    [{ queries: " ", dollars: "" }, "one_fault"],
  ])("says what is wrong with %o", (change, fault) => {
    expect(bodyOf({ ...VALUES, ...change })).toBe(fault);
  });
});
