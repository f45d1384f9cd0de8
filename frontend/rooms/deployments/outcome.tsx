"use client";
/** How it went, in plain words: what happened, where, why, and what to do now. */
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import type { Tone } from "@/components/ui/badge";
import { Notice } from "@/components/ui/notice";
import type { View } from "@/lib/deployments/story";
import { Said } from "@/rooms/deployments/said";
import { stateOf, useWords } from "@/rooms/deployments/words";

const TONES: Record<string, Tone> = {
  going_back: "warn",
  rolled_back: "bad",
  rollback_failed: "bad",
  canceled: "accent",
  needs_customer: "warn",
  needs_operator: "bad",
  succeeded: "good",
};

export function Outcome({ view, actions }: { view: View; actions?: ReactNode }) {
  const t = useTranslations("deployments.outcome");
  const words = useWords();
  const state = stateOf(view);
  const tone = TONES[state];
  if (!tone) return null;
  const key = state as "rolled_back";
  return (
    <Notice live tone={tone} title={t(`${key}.title`)} actions={actions}>
      {view.error && (
        <p>
          <strong className="font-semibold">
            {[
              view.error.phase && words.phase(view.error.phase),
              view.error.step && words.step(view.error.step),
            ]
              .filter(Boolean)
              .join(" · ")}
          </strong>{" "}
          <Said words={words.error(view.error.code, view.error.message)} />
        </p>
      )}
      <p className="mt-1">{t(`${key}.advice`)}</p>
    </Notice>
  );
}
