"use client";
import { useTranslations } from "use-intl";
import { ButtonLink } from "@/components/ui/button";
import { useVisitorStatus } from "@/lib/session/use-session";

/** A visitor is asked in; who is signed in finds the way back. */
export function HeaderActions() {
  const t = useTranslations("common");
  if (useVisitorStatus() === "signed-in")
    return (
      <ButtonLink href="/dashboard/" tone="secondary" size="sm">
        {t("navigation.dashboard")}
      </ButtonLink>
    );
  return (
    <>
      <ButtonLink href="/login/?next=%2Fplans%2F" tone="quiet" size="sm">
        {t("sign_in")}
      </ButtonLink>
      <ButtonLink href="/signup/" size="sm" className="max-[26rem]:hidden">
        {t("start_trial")}
      </ButtonLink>
    </>
  );
}
