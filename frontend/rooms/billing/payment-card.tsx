"use client";
import { useFormatter, useTranslations } from "use-intl";
import { Card } from "@/components/ui/card";
import { Notice } from "@/components/ui/notice";
import { PAYMENT_TONES } from "@/rooms/billing/payment";
import type { Dashboard } from "@/rooms/dashboard/standing";

/** How the payment stands, in words, and what to do. */
export function PaymentCard({ dashboard: { subscription } }: { dashboard: Dashboard }) {
  const t = useTranslations("billing.payment");
  const format = useFormatter();
  const date = subscription
    ? format.dateTime(new Date(subscription.current_period_end), { dateStyle: "long" })
    : "";
  const ending = subscription?.status === "active" && subscription.cancel_at_period_end;
  const wanted = ending ? "active_ending" : (subscription?.status ?? "none");
  const key = (t.has(`${wanted}.title` as "none.title") ? wanted : "other") as "active";
  const tone = subscription ? (PAYMENT_TONES[subscription.status] ?? "neutral") : "neutral";
  return (
    <Card aria-labelledby="payment" className="flex flex-col gap-4">
      <h2 id="payment" className="text-lg font-semibold">
        {t("title")}
      </h2>
      <Notice tone={tone} title={t(`${key}.title`, { date })}>
        {t(`${key}.text`, { date })}
      </Notice>
    </Card>
  );
}
