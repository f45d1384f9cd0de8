"use client";
import { useTranslations } from "use-intl";

/** Says beside a name that nobody writes under it. */
export function AssistantMark() {
  const t = useTranslations("conversations");
  return (
    <span className="shrink-0 rounded-md bg-accent-soft px-1.5 py-px text-xs font-medium text-accent">
      {t("assistant")}
    </span>
  );
}
