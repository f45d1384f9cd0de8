"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useEffect } from "react";
import { useLocale } from "use-intl";
import { api, data } from "@/lib/api/client";
import { ProblemError } from "@/lib/api/problem";
import { subscription } from "@/lib/api/queries";
import { type Locale, localizedPath } from "@/lib/i18n/locales";
import { rememberLanguage } from "@/rooms/checkout/language";

/** Leads to Stripe's page for a plan. Busy until this page is left; an open checkout of the same plan is given again. */
export function useCheckout() {
  const locale = useLocale() as Locale;
  const router = useRouter();
  const client = useQueryClient();
  const { mutate, reset, variables, error, isPending, isSuccess } = useMutation({
    mutationFn: (plan: string) =>
      data(api.POST("/v1/billing/checkout", { body: { plan, interval: "month" } })),
    onSuccess: ({ url }) => {
      rememberLanguage(locale);
      window.location.assign(url);
    },
    onError: (problem) => {
      if (!(problem instanceof ProblemError)) return;
      if (problem.code === "checkout_paid") router.push(localizedPath(locale, "/checkout/success/"));
      if (problem.code === "already_subscribed") void client.invalidateQueries(subscription);
    },
  });

  // Who comes back from Stripe by the browser's button may find this very page, frozen while it was busy.
  useEffect(() => {
    const awake = (event: PageTransitionEvent) => event.persisted && reset();
    window.addEventListener("pageshow", awake);
    return () => window.removeEventListener("pageshow", awake);
  }, [reset]);

  return { start: mutate, plan: variables, error, isBusy: isPending || isSuccess };
}
