"use client";
/** The eight phases with their steps and how long each took. */
import { useTranslations } from "use-intl";
import { classNames } from "@/components/class-names";
import { Card } from "@/components/ui/card";
import type { Phase, Step, View } from "@/lib/deployments/story";
import { isAhead, phaseSeconds, secondsBetween } from "@/lib/deployments/timing";
import { PhaseIcon } from "@/rooms/deployments/phase-icon";
import { Said } from "@/rooms/deployments/said";
import { useSpans, useWords } from "@/rooms/deployments/words";

export function Timeline({ view, now }: { view: View; now: number }) {
  const t = useTranslations("deployments.view");
  const phases = view.phases.filter(({ steps }) => steps.length > 0);
  return (
    <Card aria-label={t("timeline")} className="p-0!">
      <h2 className="px-5 pt-4 text-lg font-semibold">{t("timeline")}</h2>
      <ol className="divide-y divide-line">
        {phases.map((phase) => (
          <li key={phase.name} className="px-5 py-4">
            <PhaseHead phase={phase} now={now} ahead={isAhead(view)} />
            <Steps phase={phase} now={now} />
          </li>
        ))}
      </ol>
    </Card>
  );
}

function PhaseHead({ phase, now, ahead }: { phase: Phase; now: number; ahead: boolean }) {
  const words = useWords();
  return (
    <div className="flex items-center gap-3">
      <PhaseIcon status={phase.status} />
      <h3 className="min-w-0 flex-1 font-medium">{words.phase(phase.name)}</h3>
      <div className="flex flex-wrap justify-end gap-x-3 text-sm text-ink-soft">
        <span className="sr-only sm:not-sr-only">{words.phaseStatus(phase.status)}</span>
        <PhaseTime phase={phase} now={now} ahead={ahead} />
      </div>
    </div>
  );
}

/** What a phase took; while it runs, of what it takes as a rule; before, if it is still `ahead`, what that is. */
export function PhaseTime({ phase, now, ahead }: { phase: Phase; now: number; ahead: boolean }) {
  const t = useTranslations("deployments.time");
  const spans = useSpans();
  const taken = phaseSeconds(phase, now);
  const expected = spans.about(phase.expected_seconds);
  return (
    <span className="text-end tabular-nums">
      {taken === null
        ? ahead && expected
        : phase.finished_at === null
          ? t("of_expected", { taken: spans.exact(taken), expected })
          : spans.exact(taken)}
    </span>
  );
}

function Steps({ phase, now }: { phase: Phase; now: number }) {
  const words = useWords();
  return (
    <ul aria-label={words.phase(phase.name)} className="mt-2 ms-4 border-s border-line ps-7">
      {phase.steps.map((step) => (
        <StepLine key={step.name} step={step} now={now} />
      ))}
    </ul>
  );
}

function StepLine({ step, now }: { step: Step; now: number }) {
  const t = useTranslations("deployments.view");
  const words = useWords();
  const spans = useSpans();
  const taken = secondsBetween(step.started_at, step.finished_at, now);
  const reason = words.reason(step);
  return (
    <li className={classNames("py-1 text-sm", step.status === "pending" && "text-ink-soft")}>
      <div className="flex justify-between gap-4">
        <span>
          {words.step(step.name)}
          {step.status !== "done" && step.status !== "pending" && (
            <span className="text-ink-soft"> · {words.stepStatus(step.status)}</span>
          )}
          {step.attempts > 1 && (
            <span className="text-ink-soft"> · {t("attempts", { count: step.attempts })}</span>
          )}
        </span>
        <span className="shrink-0 text-ink-soft tabular-nums">
          {taken === null ? "" : spans.exact(taken)}
        </span>
      </div>
      {reason && (
        <p className={step.error ? "text-bad" : "text-ink-soft"}>
          <Said words={reason} />
        </p>
      )}
    </li>
  );
}
