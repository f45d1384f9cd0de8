"use client";
/** Today's prices on the landing page: one fetch and no library, to keep the first load small. */
import { useCallback, useEffect, useState } from "react";
import { useLocale, useTranslations } from "use-intl";
import { buttonClasses } from "@/components/ui/button-classes";
import { Notice } from "@/components/ui/notice";
import type { Schemas } from "@/lib/api/client";
import { loadConfig } from "@/lib/config";
import { type Locale, localizedPath } from "@/lib/i18n/locales";
import type { Plan } from "@/rooms/plans/limits";
import { PLAN_GRID, PlanCard, PlanCardSkeletons } from "@/rooms/plans/plan-card";

const TIMEOUT_MS = 10_000;

export function Pricing() {
  const t = useTranslations("plans");
  const { plans, failed, fetchPlans } = usePlans();
  if (plans)
    return (
      <div className={PLAN_GRID}>
        {plans.map((plan) => (
          <PlanCard key={plan.id} plan={plan} action={<Try plan={plan} />} />
        ))}
      </div>
    );
  if (!failed) return <PlanCardSkeletons />;
  return (
    <Notice
      live
      tone="warn"
      title={t("no_prices")}
      actions={
        <button
          type="button"
          className={buttonClasses({ tone: "secondary", size: "sm" })}
          onClick={() => void fetchPlans()}
        >
          {t("retry")}
        </button>
      }
    >
      {t("no_prices_text")}
    </Notice>
  );
}

function Try({ plan }: { plan: Plan }) {
  const t = useTranslations("plans");
  const signUp = localizedPath(useLocale() as Locale, "/signup/");
  return plan.purchasable ? (
    <a
      href={`${signUp}?plan=${encodeURIComponent(plan.id)}`}
      className={buttonClasses({ tone: "secondary" }, "w-full")}
    >
      {t("try_first", { plan: plan.name })}
    </a>
  ) : (
    <a href={signUp} className={buttonClasses({}, "w-full")}>
      {t("start")}
    </a>
  );
}

function usePlans() {
  const [plans, setPlans] = useState<readonly Plan[]>();
  const [failed, setFailed] = useState(false);
  const fetchPlans = useCallback(async () => {
    setFailed(false);
    try {
      const { apiUrl } = await loadConfig();
      const answer = await fetch(`${apiUrl}/v1/billing/plans`, { signal: AbortSignal.timeout(TIMEOUT_MS) });
      if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
      setPlans(((await answer.json()) as Schemas["PlanList"]).items);
    } catch {
      // Whatever it was, the reader is told in one way, and can try again.
      setFailed(true);
    }
  }, []);
  useEffect(() => void fetchPlans(), [fetchPlans]);
  return { plans, failed, fetchPlans };
}
