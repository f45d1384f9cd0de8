"use client";
import type { ReactNode } from "react";
import { useLocale, useTranslations } from "use-intl";
import { Card } from "@/components/ui/card";
import { Meter } from "@/components/ui/meter";
import type { Schemas } from "@/lib/api/client";
import { moneyText, sizeText } from "@/lib/figures";

type Plan = Schemas["PlanAnswer"];
type Entitlement = Schemas["EntitlementAnswer"];
type Props = { plan: Plan; stack: Schemas["StackSummary"] | null };

/** Each limit of the plan, its use where it is known, and what happens beyond it. */
export function LimitsCard({ plan, stack }: Props) {
  const t = useTranslations("billing.limits");
  // Storage alone is measured as the plan limits it; bandwidth is known in total, and not by month.
  const used: Record<string, number | undefined> = { storage_bytes: stack?.storage_bytes };
  return (
    <Card aria-labelledby="limits" className="flex flex-col gap-2">
      <h2 id="limits" className="text-lg font-semibold">
        {t("title")}
      </h2>
      <ul className="flex flex-col">
        {Object.entries(plan.entitlements).map(([name, entitlement]) => (
          <Limit
            key={name}
            name={name}
            entitlement={entitlement}
            used={used[name]}
            currency={plan.price.currency}
          />
        ))}
        {plan.backups && (
          <Row name={t("backups")}>
            {t("backups_text", { hours: plan.backups.every_hours, days: plan.backups.kept_days })}
          </Row>
        )}
      </ul>
    </Card>
  );
}

type LimitProps = { name: string; entitlement: Entitlement; used: number | undefined; currency: string };

function Limit({ name, entitlement, used, currency }: LimitProps) {
  const t = useTranslations("billing.limits");
  const amountOf = useAmount(entitlement.unit);
  const { limit } = entitlement;
  const title = t.has(`names.${name}` as "names.users") ? t(`names.${name}` as "names.users") : name;
  const most = limit === null ? t("unlimited") : limit === 0 ? t("none") : amountOf(limit);
  const text = used !== undefined && limit ? t("of", { used: amountOf(used), limit: most }) : most;
  return (
    <Row name={title} beyond={limit ? <Beyond entitlement={entitlement} currency={currency} /> : null}>
      <span className={limit === 0 ? "text-ink-soft" : undefined}>{text}</span>
      {used !== undefined && limit ? (
        <div className="mt-2 max-w-72">
          <Meter label={title} text={text} value={used} max={limit} />
        </div>
      ) : null}
    </Row>
  );
}

type RowProps = { name: string; beyond?: ReactNode; children: ReactNode };

function Row({ name, beyond, children }: RowProps) {
  return (
    <li className="grid gap-x-6 gap-y-1 border-t border-line py-3 first:border-t-0 sm:grid-cols-3">
      <span className="text-ink-soft">{name}</span>
      <div className="font-medium tabular-nums">{children}</div>
      {beyond && <span className="text-sm text-ink-soft sm:text-end">{beyond}</span>}
    </li>
  );
}

/** What happens beyond the limit: a price, or a stop. */
function Beyond({
  entitlement: { overage, unit },
  currency,
}: {
  entitlement: Entitlement;
  currency: string;
}) {
  const t = useTranslations("billing.limits");
  const locale = useLocale();
  const amountOf = useAmount(unit);
  const named = `units.${unit}` as "units.user";
  const per = (count: number) => (t.has(named) ? t(named, { count }) : amountOf(count));
  if (!overage) return t("refused");
  const price = moneyText(overage.amount, currency, locale);
  return t("beyond", { rule: t("charged", { price, per: per(overage.per) }) });
}

/** An amount of a unit of the catalogue; bytes as sizes. */
function useAmount(unit: string): (amount: number) => string {
  const locale = useLocale();
  return (amount) =>
    unit === "byte" ? sizeText(amount, locale) : new Intl.NumberFormat(locale).format(amount);
}
