"use client";
/** Tells a screen reader which documents have come to their end since the page was opened. */
import { useEffect, useRef, useState } from "react";
import { useTranslations } from "use-intl";
import { isOnItsWay } from "@/lib/ai/documents";
import type { Document } from "@/lib/ai/types";
import { useWords } from "@/rooms/knowledge/words";

export function Announcer({ documents }: { documents: readonly Document[] | undefined }) {
  const t = useTranslations("knowledge.documents.announce");
  const words = useWords();
  const [text, setText] = useState("");
  const before = useRef<ReadonlySet<string>>(new Set());
  // biome-ignore lint/correctness/useExhaustiveDependencies: it speaks when documents change, not when texts do
  useEffect(() => {
    if (!documents) return;
    const ended = documents.filter((each) => before.current.has(each.id) && !isOnItsWay(each));
    before.current = new Set(documents.filter(isOnItsWay).map(({ id }) => id));
    const [only] = ended;
    if (!only) return;
    if (ended.length > 1) setText(t("many", { count: ended.length }));
    else if (only.state === "ready") setText(t("ready", { name: only.name }));
    else if (only.state === "failed")
      setText(t("failed", { name: only.name, reason: words.reason(only.reason) }));
  }, [documents]);
  return (
    <p aria-live="polite" className="sr-only">
      {text}
    </p>
  );
}
