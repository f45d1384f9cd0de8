"use client";
import { useTranslations } from "use-intl";
import type { Tone } from "@/components/ui/badge";

/** How grave each of Stripe's words for a subscription is. */
export const PAYMENT_TONES: Record<string, Tone> = {
  trialing: "good",
  active: "good",
  incomplete: "warn",
  past_due: "bad",
  unpaid: "bad",
  paused: "warn",
  canceled: "neutral",
  incomplete_expired: "neutral",
};

/** Stripe's word for a subscription, in the reader's; one that is newer than this page as it is. */
export function usePaymentWord(): (status: string) => string {
  const t = useTranslations("billing.statuses");
  return (status) => (t.has(status as "active") ? t(status as "active") : status);
}
