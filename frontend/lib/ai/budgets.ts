/** What the form of a budget holds, and what the API takes. */
import type { Budget } from "@/lib/ai/types";
import type { Schemas } from "@/lib/api/client";

export type BudgetValues = {
  /** `assistant:<id>` or `user:<id>`. */
  whose: string;
  period: Budget["period"];
  queries: string;
  dollars: string;
};
export type Fault = "number_fault" | "price_fault" | "one_fault";

export function whoseOf({ assistant_id, user_id }: Budget): string {
  return user_id === null ? `assistant:${assistant_id}` : `user:${user_id}`;
}

export function valuesOf(budget: Budget): BudgetValues {
  const { most_queries, most_cents, period } = budget;
  return {
    whose: whoseOf(budget),
    period,
    queries: most_queries === null ? "" : String(most_queries),
    dollars: most_cents === null ? "" : String(most_cents / 100),
  };
}

/** The body, or what is wrong with it. A comma or a point separates dollars from cents. */
export function bodyOf({ whose, period, queries, dollars }: BudgetValues): Schemas["NewBudget"] | Fault {
  const [kind, id = ""] = whose.split(":");
  const most_queries = queries.trim() === "" ? null : Number(queries.trim());
  const most_cents = dollars.trim() === "" ? null : centsOf(dollars.trim());
  if (most_queries !== null && !(Number.isSafeInteger(most_queries) && most_queries >= 0))
    return "number_fault";
  if (most_cents !== null && !Number.isSafeInteger(most_cents)) return "price_fault";
  if (most_queries === null && most_cents === null) return "one_fault";
  return {
    assistant_id: kind === "assistant" ? id : null,
    user_id: kind === "user" ? id : null,
    period,
    most_queries,
    most_cents,
  };
}

function centsOf(text: string): number {
  const found = /^(\d{1,12})(?:[.,](\d{1,2}))?$/.exec(text);
  return found ? Number(found[1]) * 100 + Number((found[2] ?? "").padEnd(2, "0")) : Number.NaN;
}
