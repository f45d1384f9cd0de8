"use client";
import { useFormatter, useLocale, useTranslations } from "use-intl";
import { Badge } from "@/components/ui/badge";
import { ButtonLink } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import type { Schemas } from "@/lib/api/client";
import { moneyText } from "@/lib/figures";
import { PAYMENT_TONES, usePaymentWord } from "@/rooms/billing/payment";
import { type Dashboard, livingSubscription } from "@/rooms/dashboard/standing";

type Props = { dashboard: Dashboard; plan: Schemas["PlanAnswer"] | undefined; mayManage: boolean };

/** The plan in force with its price and its next date, and the way to another one. */
export function PlanCard({ dashboard, plan, mayManage }: Props) {
  const t = useTranslations("billing.plan");
  const isPaying = livingSubscription(dashboard) !== null;
  return (
    <Card aria-labelledby="plan" className="flex flex-col gap-4">
      <h2 id="plan" className="text-lg font-semibold">
        {t("title")}
      </h2>
      <div>
        <div className="flex flex-wrap items-center gap-3">
          <p className="text-2xl font-semibold tracking-tight">
            {plan?.name ?? dashboard.subscription?.plan}
          </p>
          <State dashboard={dashboard} />
        </div>
        {plan && <Price plan={plan} />}
      </div>
      <p>{useNextDate(dashboard)}</p>
      <div className="mt-auto flex flex-col items-start gap-2">
        {mayManage ? (
          <ButtonLink href="/plans/" tone={isPaying ? "secondary" : "primary"}>
            {t(isPaying ? "change" : "choose")}
          </ButtonLink>
        ) : (
          <p className="text-ink-soft">{t("not_yours")}</p>
        )}
      </div>
    </Card>
  );
}

function Price({ plan }: { plan: Schemas["PlanAnswer"] }) {
  const t = useTranslations("billing.plan");
  const locale = useLocale();
  const { amount, currency } = plan.price;
  return (
    <p className="mt-1 text-ink-soft">
      {amount === 0 ? t("free") : t("price", { price: moneyText(amount, currency, locale) })}
    </p>
  );
}

function State({ dashboard: { subscription, trial } }: { dashboard: Dashboard }) {
  const t = useTranslations("billing.plan");
  const word = usePaymentWord();
  if (subscription) {
    return <Badge tone={PAYMENT_TONES[subscription.status] ?? "neutral"}>{word(subscription.status)}</Badge>;
  }
  if (!trial) return null;
  if (trial.status !== "active") return <Badge tone="bad">{t("trial_over")}</Badge>;
  return (
    <Badge tone={trial.days_left <= 3 ? "warn" : "accent"}>{t("days", { days: trial.days_left })}</Badge>
  );
}

function useNextDate(dashboard: Dashboard): string {
  const t = useTranslations("billing.plan");
  const format = useFormatter();
  const long = (date: string) => format.dateTime(new Date(date), { dateStyle: "long" });
  const { subscription, trial } = dashboard;
  if (subscription) {
    const key = !livingSubscription(dashboard)
      ? "ended"
      : subscription.cancel_at_period_end
        ? "ends"
        : "renews";
    return t(key, { date: long(subscription.current_period_end) });
  }
  if (!trial) return t("none");
  return t(trial.status === "active" ? "trial_until" : "trial_ended", { date: long(trial.ends_at) });
}
