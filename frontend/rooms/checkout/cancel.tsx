"use client";
import { useTranslations } from "use-intl";
import { ButtonLink } from "@/components/ui/button";
import { useRememberedLanguage } from "@/rooms/checkout/language";
import { CheckoutState } from "@/rooms/checkout/state";

/** Back from Stripe without having paid. */
export function CheckoutCancelRoom() {
  useRememberedLanguage();
  const t = useTranslations("checkout.canceled");
  return (
    <CheckoutState title={t("title")} text={t("text")}>
      <ButtonLink href="/plans/">{t("plans")}</ButtonLink>
      <ButtonLink href="/dashboard/" tone="secondary">
        {t("dashboard")}
      </ButtonLink>
    </CheckoutState>
  );
}
