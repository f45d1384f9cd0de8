"use client";
/** The trial and its countdown, or the subscription. */
import { useQuery } from "@tanstack/react-query";
import { useFormatter, useTranslations } from "use-intl";
import { Badge } from "@/components/ui/badge";
import { ButtonLink } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import type { Schemas } from "@/lib/api/client";
import { plans } from "@/lib/api/queries";
import { PAYMENT_TONES, usePaymentWord } from "@/rooms/billing/payment";
import { type Dashboard, livingSubscription } from "@/rooms/dashboard/standing";
import { MissingPart } from "@/rooms/dashboard/unavailable";

export function PlanCard({ dashboard }: { dashboard: Dashboard }) {
  const t = useTranslations("dashboard.plan");
  const subscription = livingSubscription(dashboard) ?? dashboard.subscription;
  const { trial } = dashboard;
  const isMissing = dashboard.unavailable.includes("subscription");
  return (
    <Card aria-labelledby="plan" className="flex flex-col gap-4">
      <h2 id="plan" className="text-lg font-semibold">
        {t("title")}
      </h2>
      {isMissing && <MissingPart />}
      {!isMissing && subscription && <Subscription subscription={subscription} />}
      {!isMissing && !subscription && trial && <Trial trial={trial} />}
      {!isMissing && !subscription && !trial && <p className="text-ink-soft">{t("none")}</p>}
    </Card>
  );
}

function Subscription({ subscription }: { subscription: Schemas["SubscriptionSummary"] }) {
  const t = useTranslations("dashboard.plan");
  const format = useFormatter();
  const word = usePaymentWord();
  const catalogue = useQuery(plans);
  const name = catalogue.data?.items.find(({ id }) => id === subscription.plan)?.name ?? subscription.plan;
  const date = format.dateTime(new Date(subscription.current_period_end), { dateStyle: "long" });
  const isEnded = livingSubscription({ subscription }) === null;
  const next = isEnded ? "ended" : subscription.cancel_at_period_end ? "ends" : "renews";
  return (
    <>
      <div className="flex flex-wrap items-center gap-3">
        <p className="text-2xl font-semibold tracking-tight">{name}</p>
        <Badge tone={PAYMENT_TONES[subscription.status] ?? "neutral"}>{word(subscription.status)}</Badge>
      </div>
      <p className="text-ink-soft">{t(next, { date })}</p>
      <div>
        {isEnded ? (
          <ButtonLink href="/plans/">{t("choose")}</ButtonLink>
        ) : (
          <ButtonLink tone="secondary" href="/billing/">
            {t("billing")}
          </ButtonLink>
        )}
      </div>
    </>
  );
}

function Trial({ trial }: { trial: Schemas["TrialSummary"] }) {
  const t = useTranslations("dashboard.plan");
  const format = useFormatter();
  const date = format.dateTime(new Date(trial.ends_at), { dateStyle: "long" });
  return (
    <>
      <div>
        <p className="text-2xl font-semibold tracking-tight">
          {trial.status === "active" ? t("days", { days: trial.days_left }) : t(`trials.${trial.status}`)}
        </p>
        <p className="mt-1 text-ink-soft">
          {t(trial.status === "active" ? "trial_ends" : "trial_ended", { date })}
        </p>
      </div>
      <div>
        <ButtonLink href="/plans/">{t("choose")}</ButtonLink>
      </div>
    </>
  );
}
