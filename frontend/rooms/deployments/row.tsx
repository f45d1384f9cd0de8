"use client";
import { useFormatter, useTranslations } from "use-intl";
import { Link } from "@/components/link";
import { Badge } from "@/components/ui/badge";
import { ProgressBar } from "@/components/ui/progress";
import type { Schemas } from "@/lib/api/client";
import { UNFINISHED, type View } from "@/lib/deployments/story";
import { progressOf, secondsBetween } from "@/lib/deployments/timing";
import { useLiveDeployment } from "@/lib/live/use-live-deployment";
import { useNow } from "@/lib/live/use-now";
import { stateOf, toneOf, useSpans, useWords } from "@/rooms/deployments/words";

type Line = Schemas["DeploymentLine"];

/** One deployment of the list; one at work is followed live. */
export function DeploymentRow({ line }: { line: Line }) {
  return UNFINISHED.has(line.status) ? <LiveRow line={line} /> : <Row line={line} />;
}

function LiveRow({ line }: { line: Line }) {
  const { view } = useLiveDeployment(line.id);
  const now = useNow(true);
  return <Row line={view ?? line} now={now} percent={view ? progressOf(view, now) : line.progress} />;
}

function Row({ line, now = 0, percent }: { line: Line | View; now?: number; percent?: number }) {
  const t = useTranslations("deployments");
  const words = useWords();
  const spans = useSpans();
  const format = useFormatter();
  const state = stateOf(line);
  const taken = secondsBetween(line.started_at, line.finished_at, now);
  const name = words.kind(line.kind);
  return (
    <li className="relative grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-4 gap-y-1 px-5 py-4 hover:bg-sunken sm:grid-cols-[1fr_auto_12rem_6rem]">
      <Link
        href={`/deployments/view/?id=${line.id}`}
        className="font-medium after:absolute after:inset-0 hover:underline"
      >
        {name}
      </Link>
      <span className="justify-self-end">
        <Badge tone={toneOf(state)}>{words.state(state)}</Badge>
      </span>
      <time dateTime={line.created_at} className="text-sm text-ink-soft sm:text-end sm:whitespace-nowrap">
        {format.dateTime(new Date(line.created_at), { dateStyle: "medium", timeStyle: "short" })}
      </time>
      <span className="text-end text-sm text-ink-soft tabular-nums">
        {taken === null ? "" : spans.exact(taken)}
      </span>
      {percent !== undefined && (
        <div className="col-span-full mt-1">
          <ProgressBar label={t("list.progress", { name })} value={Math.round(percent)} />
        </div>
      )}
    </li>
  );
}
