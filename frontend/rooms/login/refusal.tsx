"use client";
import type { ReactNode } from "react";
import { useFormatter, useTranslations } from "use-intl";
import { Notice } from "@/components/ui/notice";
import { ProblemError } from "@/lib/api/problem";

/** Why the API let nobody in; `until` when it would hear again. */
export type Refused = { text: string; until?: Date };
const WAIT_SECONDS = 60;

export function refusalOf(error: unknown, text: string): Refused {
  if (!(error instanceof ProblemError) || error.status !== 429) return { text };
  return { text, until: new Date(Date.now() + (error.retryAfter ?? WAIT_SECONDS) * 1000) };
}

/** Says so above a form, and after too many tries until when to wait. */
export function Refusal({ refused, actions }: { refused: Refused | undefined; actions?: ReactNode }) {
  const t = useTranslations("login.wait");
  const format = useFormatter();
  if (!refused) return null;
  if (!refused.until) return <Notice live tone="bad" title={refused.text} actions={actions} />;
  const minutes = Math.max(1, Math.ceil((refused.until.getTime() - Date.now()) / 60_000));
  const time = format.dateTime(refused.until, { hour: "2-digit", minute: "2-digit", second: "2-digit" });
  return (
    <Notice live tone="bad" title={t("title")}>
      {t("text", { minutes, time })}
    </Notice>
  );
}
