"use client";
/** Says which parts of the answer are missing; they come back by themselves. */
import { useFormatter, useTranslations } from "use-intl";
import { Notice } from "@/components/ui/notice";

const PARTS = ["tenant", "trial", "subscription", "stack", "deployments"] as const;

export function Unavailable({ parts }: { parts: readonly string[] }) {
  const t = useTranslations("dashboard.unavailable");
  const format = useFormatter();
  const missing = PARTS.filter((part) => parts.includes(part)).map((part) => t(`parts.${part}`));
  if (missing.length === 0) return null;
  return (
    <Notice live tone="warn" title={t("title", { parts: format.list(missing) })}>
      {t("text")}
    </Notice>
  );
}

/** Holds the place of a part that is missing. */
export function MissingPart() {
  const t = useTranslations("dashboard.unavailable");
  return <p className="py-2 text-ink-soft">{t("here")}</p>;
}
