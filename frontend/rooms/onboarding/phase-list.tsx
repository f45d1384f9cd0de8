"use client";
/** The eight phases in plain words: what happens in each, how it stands, how long it takes. */
import { useTranslations } from "use-intl";
import { classNames } from "@/components/class-names";
import { Card } from "@/components/ui/card";
import type { Phase, View } from "@/lib/deployments/story";
import { isAhead } from "@/lib/deployments/timing";
import { PhaseIcon } from "@/rooms/deployments/phase-icon";
import { PhaseTime } from "@/rooms/deployments/timeline";
import { useWords } from "@/rooms/deployments/words";

export function PhaseList({ view, now }: { view: View; now: number }) {
  const t = useTranslations("onboarding");
  return (
    <Card className="p-0!">
      <h2 className="sr-only">{t("phases")}</h2>
      <ol aria-label={t("phases")} className="divide-y divide-line">
        {view.phases.map((phase) => (
          <PhaseRow key={phase.name} phase={phase} now={now} ahead={isAhead(view)} />
        ))}
      </ol>
    </Card>
  );
}

function PhaseRow({ phase, now, ahead }: { phase: Phase; now: number; ahead: boolean }) {
  const words = useWords();
  const isCurrent = phase.status === "running" || phase.status === "waiting";
  return (
    <li
      aria-current={isCurrent ? "step" : undefined}
      className={classNames(
        "flex gap-4 px-5 py-4 transition-colors duration-300 first:rounded-t-xl last:rounded-b-xl",
        isCurrent && "bg-accent-soft",
      )}
    >
      <PhaseIcon status={phase.status} />
      <div className="min-w-0 flex-1">
        <div className="flex flex-wrap items-baseline justify-between gap-x-4">
          <h3 className="font-medium">{words.phase(phase.name)}</h3>
          <span className="text-sm text-ink-soft">
            <span className="sr-only">{words.phaseStatus(phase.status)} </span>
            <PhaseTime phase={phase} now={now} ahead={ahead} />
          </span>
        </div>
        <p className="text-sm text-ink-soft">{words.phaseText(phase.name)}</p>
      </div>
    </li>
  );
}
