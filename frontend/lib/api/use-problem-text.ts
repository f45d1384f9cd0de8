"use client";
import type { FieldValues, Path, UseFormSetError } from "react-hook-form";
import { useTranslations } from "use-intl";
import { type FieldError, ProblemError, UnreachableError } from "@/lib/api/problem";

/** Problems in the reader's language: by their code where `messages/…/problems.json` knows it, else as the API says them. */
export function useProblemText() {
  const t = useTranslations("problems");

  /** One sentence for a call that failed. */
  function textOf(error: unknown): string {
    if (!(error instanceof ProblemError)) {
      return error instanceof UnreachableError ? t("unreachable") : t("unexpected", { request_id: "–" });
    }
    const key = `codes.${error.code}`;
    if (t.has(key as "unreachable")) return t(key as "unreachable");
    if (error.status === 429) return t("rate_limited", { seconds: error.retryAfter ?? 60 });
    if (error.status === 403) return t("forbidden");
    return error.status >= 500 ? t("unexpected", { request_id: error.requestId ?? "–" }) : error.message;
  }

  function fieldText({ code, message, params }: FieldError): string {
    const key = `fields.${code}`;
    return t.has(key as "unreachable") ? t(key as "unreachable", params as never) : message;
  }

  /** Shows the errors of a problem at their fields. Returns the sentence for what belongs to no field, or undefined. */
  function showAtFields<Values extends FieldValues>(
    error: unknown,
    fields: readonly Path<Values>[],
    setError: UseFormSetError<Values>,
  ): string | undefined {
    const known = error instanceof ProblemError ? error.errors : [];
    let placed = 0;
    for (const each of known) {
      const field = fields.find((name) => each.pointer === `/${name}` || each.pointer === `#/${name}`);
      if (!field) continue;
      setError(field, { type: "server", message: fieldText(each) }, { shouldFocus: placed++ === 0 });
    }
    return placed > 0 && placed === known.length ? undefined : textOf(error);
  }

  return { textOf, fieldText, showAtFields };
}
