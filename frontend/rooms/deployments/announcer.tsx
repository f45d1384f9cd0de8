"use client";
import { useTranslations } from "use-intl";
import { UNFINISHED, type View } from "@/lib/deployments/story";
import { currentPhase } from "@/lib/deployments/timing";
import { stateOf, useWords } from "@/rooms/deployments/words";

/** Tells a screen reader of each new phase and of the end, and not of each step. */
export function Announcer({ view }: { view: View }) {
  const t = useTranslations("deployments.announce");
  const words = useWords();
  const phase = UNFINISHED.has(view.status) ? currentPhase(view) : undefined;
  const status = phase?.status === "waiting" ? "running" : phase?.status;
  return (
    <p role="status" className="sr-only">
      {phase && status !== "pending"
        ? t("phase", { phase: words.phase(phase.name), status: words.phaseStatus(status ?? "") })
        : t("deployment", { status: words.state(stateOf(view)) })}
    </p>
  );
}
