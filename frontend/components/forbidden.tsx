"use client";
/** For somebody whose role, or whose business's state, closes what they asked for. */
import { useTranslations } from "use-intl";
import { ButtonLink } from "@/components/ui/button";

/** `code` is the API's; a suspended business is opened again by a plan, everything else by an owner. */
export function Forbidden({ code }: { code?: string }) {
  const t = useTranslations("forbidden");
  const isSuspended = code === "tenant_suspended";
  return (
    <div className="flex max-w-xl flex-col items-start gap-4 py-6">
      <h1 className="text-3xl font-semibold tracking-tight">{isSuspended ? t("suspended") : t("title")}</h1>
      <p className="text-ink-soft">{isSuspended ? t("suspended_text") : t("text")}</p>
      <div className="flex flex-wrap gap-2">
        {isSuspended && <ButtonLink href="/plans/">{t("choose_plan")}</ButtonLink>}
        <ButtonLink tone="secondary" href="/dashboard/">
          {t("back")}
        </ButtonLink>
      </div>
    </div>
  );
}
