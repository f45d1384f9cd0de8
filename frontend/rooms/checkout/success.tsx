"use client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useRouter, useSearchParams } from "next/navigation";
import { Suspense, useEffect, useState } from "react";
import { useLocale, useTranslations } from "use-intl";
import { ButtonLink } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import { dashboard, recentDeployments, subscription } from "@/lib/api/queries";
import { useProblemText } from "@/lib/api/use-problem-text";
import { type Locale, localizedPath } from "@/lib/i18n/locales";
import { isPaid, pathAfterPayment, pauseAfter } from "@/rooms/checkout/confirmation";
import { useRememberedLanguage } from "@/rooms/checkout/language";
import { CheckoutState } from "@/rooms/checkout/state";

const LONG_MS = 30_000;

/** Back from Stripe: waits until the payment is confirmed, then leads to the move to an own machine. */
export function CheckoutSuccessRoom() {
  useRememberedLanguage();
  const t = useTranslations("checkout");
  const { paid, error } = useConfirmation();
  const isLong = useHasPassed(LONG_MS) && !paid;
  const { textOf } = useProblemText();
  if (paid) return <CheckoutState busy title={t("paid.title")} text={t("paid.text")} />;
  return (
    <CheckoutState
      busy
      title={t("confirming.title")}
      text={isLong ? t("long.text") : t("confirming.text")}
      note={
        <Suspense>
          {error ? <Notice live tone="warn" title={textOf(error)} /> : isLong && <Reference />}
        </Suspense>
      }
    >
      {isLong && (
        <>
          <ButtonLink href="/dashboard/" tone="secondary">
            {t("long.dashboard")}
          </ButtonLink>
          <ButtonLink href="/plans/" tone="quiet">
            {t("long.plans")}
          </ButtonLink>
        </>
      )}
    </CheckoutState>
  );
}

/** Asks until it is paid and the move has begun, then goes there. */
function useConfirmation(): { paid: boolean; error: unknown } {
  const router = useRouter();
  const locale = useLocale() as Locale;
  const client = useQueryClient();
  const bought = useQuery({
    ...subscription,
    staleTime: 0,
    refetchInterval: ({ state }) =>
      isPaid(state.data) ? false : pauseAfter(state.dataUpdateCount + state.errorUpdateCount),
  });
  const paid = isPaid(bought.data);
  const moves = useQuery({
    ...recentDeployments,
    staleTime: 0,
    enabled: paid,
    refetchInterval: ({ state }) => pauseAfter(state.dataUpdateCount),
    select: ({ items }) => items,
  });
  const looks = client.getQueryState(recentDeployments.queryKey)?.dataUpdateCount ?? 0;
  const next = paid && moves.data ? pathAfterPayment(moves.data, looks) : undefined;
  useEffect(() => {
    if (next === undefined) return;
    void client.invalidateQueries(dashboard);
    router.replace(localizedPath(locale, next));
  }, [next, client, router, locale]);
  return { paid, error: bought.error ?? moves.error };
}

/** What support can find the payment by. */
function Reference() {
  const t = useTranslations("checkout.long");
  const id = useSearchParams().get("session_id");
  if (!id) return null;
  return (
    <p className="text-sm text-ink-soft">
      {t("reference")} <code className="font-mono break-all text-ink">{id}</code>
    </p>
  );
}

function useHasPassed(ms: number): boolean {
  const [passed, setPassed] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setPassed(true), ms);
    return () => clearTimeout(timer);
  }, [ms]);
  return passed;
}
