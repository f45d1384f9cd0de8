/** How the limits of a plan are read: from the catalogue, in the order it has them, with no plan's name in code. */
import type { Schemas } from "@/lib/api/client";
import { moneyText, sizeText } from "@/lib/figures";

export type Plan = Schemas["PlanAnswer"];
type Entitlement = Schemas["EntitlementAnswer"];

/** ICU takes no "unlimited": messages know it as this number. */
export const UNLIMITED = -1;

/** What a message about a limit is filled with: `count` for its plural, `value` as people read it. */
export function limitValues({ unit, limit }: Entitlement, locale: string): { count: number; value: string } {
  if (limit === null) return { count: UNLIMITED, value: "" };
  return { count: limit, value: amountText(limit, unit, locale) };
}

/** Price and portion of what is used beyond a soft limit; undefined where nothing is charged. */
export function overageValues(
  { unit, overage }: Entitlement,
  currency: string,
  locale: string,
): { price: string; portion: string; per: number } | undefined {
  if (!overage) return undefined;
  return {
    price: moneyText(overage.amount, currency, locale),
    portion: unit === "byte" ? sizeText(overage.per, locale) : amountText(overage.per, unit, locale),
    per: overage.per,
  };
}

/** All entitlements, or features, of some plans; each once, in their order. */
export function namesOf(plans: readonly Plan[], kind: "entitlements" | "features"): string[] {
  return [
    ...new Set(
      plans.flatMap((plan) => (kind === "features" ? plan.features : Object.keys(plan.entitlements))),
    ),
  ];
}

function amountText(amount: number, unit: string, locale: string): string {
  return unit === "byte" ? sizeText(amount, locale) : new Intl.NumberFormat(locale).format(amount);
}
