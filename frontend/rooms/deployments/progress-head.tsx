"use client";
/** How far it is, how long it will still take, and what is being done right now. */
import { useTranslations } from "use-intl";
import { ProgressBar } from "@/components/ui/progress";
import { UNFINISHED, type View } from "@/lib/deployments/story";
import { currentPhase, progressOf, secondsBetween, secondsLeft } from "@/lib/deployments/timing";
import { Said } from "@/rooms/deployments/said";
import { stateOf, useSpans, useWords } from "@/rooms/deployments/words";

export function ProgressHead({ view, now }: { view: View; now: number }) {
  const t = useTranslations("deployments");
  const spans = useSpans();
  const percent = Math.round(progressOf(view, now));
  const left = secondsLeft(view, now);
  const taken = secondsBetween(view.started_at, view.finished_at, now);
  const span = taken === null ? "" : spans.exact(taken);
  return (
    <div className="flex flex-col gap-2">
      <div className="flex flex-wrap items-baseline justify-between gap-x-4 text-sm">
        <span className="font-medium tabular-nums">{percent} %</span>
        <span className="text-ink-soft tabular-nums">
          {left === null ? "" : `${spans.left(left)} · `}
          {span && t(view.finished_at === null ? "time.so_far" : "time.took", { taken: span })}
        </span>
      </div>
      <ProgressBar label={t("view.progress")} value={percent} />
      <p className="min-h-6 truncate text-sm text-ink-soft">
        {UNFINISHED.has(view.status) ? <Activity view={view} /> : null}
      </p>
    </div>
  );
}

function Activity({ view }: { view: View }) {
  const words = useWords();
  const step = currentPhase(view)?.steps.find(({ status }) => status !== "done" && status !== "pending");
  if (!step || stateOf(view) === "queued") return words.state(stateOf(view));
  const reason = words.reason(step);
  return (
    <>
      {words.step(step.name)}
      {reason && ": "}
      {reason && <Said words={reason} />}
    </>
  );
}
