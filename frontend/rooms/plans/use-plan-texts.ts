"use client";
import { useLocale, useTranslations } from "use-intl";
import { moneyText } from "@/lib/figures";
import { limitValues, overageValues, type Plan } from "@/rooms/plans/limits";

/** A plan in words. What the catalogue names and the messages do not know is shown by its name. */
export function usePlanTexts() {
  const t = useTranslations("plans");
  const locale = useLocale();

  const named = (group: "limits" | "features", name: string) => {
    const key = `${group}.${name}`;
    return t.has(key as "link") ? t(key as "link") : name.replaceAll("_", " ");
  };

  function price({ price: { amount, currency }, trial_days }: Plan) {
    const isTrial = trial_days !== null;
    return {
      amount: isTrial ? t("free") : moneyText(amount, currency, locale),
      period: isTrial ? t("for_days", { days: trial_days }) : t("a_month"),
    };
  }

  /** A limit as a phrase: "50 users". */
  function phrase(plan: Plan, name: string): string | undefined {
    const entitlement = plan.entitlements[name];
    const key = `phrases.${name}`;
    if (!entitlement || !t.has(key as "link")) return undefined;
    return t(key as "phrases.users", limitValues(entitlement, locale));
  }

  /** A limit in a cell of the comparison, and what more costs. */
  function cell(plan: Plan, name: string): { value: string; more?: string } {
    const entitlement = plan.entitlements[name];
    if (!entitlement || entitlement.limit === 0) return { value: t("none") };
    const more = overageValues(entitlement, plan.price.currency, locale);
    return {
      value: entitlement.limit === null ? t("unlimited") : limitValues(entitlement, locale).value,
      ...(more && { more: t("overage", more) }),
    };
  }

  function backups({ backups }: Plan): string {
    if (backups === null) return t("backups.none");
    return t("backups.kept", { hours: backups.every_hours, days: backups.kept_days });
  }

  return { price, phrase, cell, backups, named };
}
