"use client";
import { useLocale, useTranslations } from "use-intl";
import type { Tone } from "@/components/ui/badge";
import { REASONS, type Reason } from "@/lib/ai/documents";
import type { Document, DocumentAccess } from "@/lib/ai/types";
import { FileFault } from "@/lib/ai/uploads";
import { useProblemText } from "@/lib/api/use-problem-text";

const KINDS: Readonly<Record<string, "pdf" | "word" | "html" | "markdown" | "csv" | "text">> = {
  "application/msword": "word",
  "application/pdf": "pdf",
  "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "word",
  "text/csv": "csv",
  "text/html": "html",
  "text/markdown": "markdown",
  "text/plain": "text",
};

/** What is said of documents, in the reader's language. */
export function useWords() {
  const t = useTranslations("knowledge");
  const locale = useLocale();
  const { textOf } = useProblemText();
  return {
    state: ({ state, progress }: Document): string =>
      state === "embedding" && progress.total > 0
        ? t("documents.embedding_of", progress)
        : t(`documents.states.${state}`),
    reason: (reason: string | null): string =>
      t(`reasons.${REASONS.includes(reason as Reason) ? (reason as Reason) : "other"}`),
    kind: (type: string): string => {
      const known = KINDS[type];
      return known ? t(`document.kinds.${known}`) : type;
    },
    language: (code: string): string =>
      new Intl.DisplayNames([locale], { type: "language", fallback: "code" }).of(code) ?? code,
    access: ({ audience, roles, user_ids }: DocumentAccess): string =>
      t(`access.short.${audience}`, { count: roles.length + user_ids.length }),
    fault: (error: unknown): string =>
      error instanceof FileFault ? t(`upload.faults.${error.fault}`) : textOf(error),
  };
}

export function toneOf(state: Document["state"]): Tone {
  if (state === "ready") return "good";
  return state === "failed" ? "bad" : "accent";
}
