"use client";
/** How far it is, how long it will still take, and what is being done right now. */
import { useTranslations } from "use-intl";
import { Card } from "@/components/ui/card";
import { ProgressBar } from "@/components/ui/progress";
import type { View } from "@/lib/deployments/story";
import { currentPhase, progressOf, secondsBetween, secondsLeft } from "@/lib/deployments/timing";
import type { Connection } from "@/lib/live/follow";
import { ConnectionNote } from "@/rooms/deployments/connection-note";
import { Said } from "@/rooms/deployments/said";
import { stateOf, useSpans, useWords } from "@/rooms/deployments/words";

type Props = { view: View; now: number; connection: Connection };

export function ProgressHead({ view, now, connection }: Props) {
  const t = useTranslations("deployments");
  const spans = useSpans();
  const percent = Math.round(progressOf(view, now));
  const left = secondsLeft(view, now);
  const taken = secondsBetween(view.started_at, view.finished_at, now);
  return (
    <Card className="flex flex-col gap-2.5">
      <div className="flex flex-wrap items-center justify-between gap-x-4">
        <span className="text-2xl font-semibold tabular-nums">{percent} %</span>
        <ConnectionNote announced connection={connection} />
      </div>
      <ProgressBar label={t("view.progress")} value={percent} />
      <div className="flex min-h-5 flex-wrap justify-between gap-x-6 text-sm text-ink-soft">
        <p className="min-w-0">
          <Activity view={view} />
        </p>
        <p className="tabular-nums">
          {left === null ? "" : `${spans.left(left)} · `}
          {taken !== null && t("time.so_far", { taken: spans.exact(taken) })}
        </p>
      </div>
    </Card>
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
