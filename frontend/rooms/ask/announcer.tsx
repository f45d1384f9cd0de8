"use client";
/** Tells a screen reader that an answer has begun, and says it as a whole once it has ended: not word by word. */
import { useEffect, useRef, useState } from "react";
import { useTranslations } from "use-intl";
import type { Entry } from "@/lib/ai/answers";
import { plainText } from "@/lib/ai/markup";

export function Announcer({ entries }: { entries: readonly Entry[] }) {
  const t = useTranslations("ask.answer");
  const [text, setText] = useState("");
  const awaited = useRef<string | null>(null);
  const last = entries.at(-1);
  const state = last?.answer?.state ?? last?.run?.state;
  // biome-ignore lint/correctness/useExhaustiveDependencies: it speaks when an answer begins or ends
  useEffect(() => {
    if (last?.run && last.run.state !== "failed") {
      awaited.current = last.run.question;
      setText(t(last.run.state === "writing" ? "writing" : "searching"));
    } else if (last?.answer && awaited.current === last.answer.question) {
      awaited.current = null;
      const { text: said, citations } = last.answer;
      const sources = citations.length > 0 ? ` ${t("announced_sources", { count: citations.length })}` : "";
      setText(`${t("announced", { text: plainText(said) })}${sources}`);
    } else if (last?.run) setText(t("failed"));
  }, [state, last?.key]);
  return (
    <p aria-live="polite" className="sr-only">
      {text}
    </p>
  );
}
