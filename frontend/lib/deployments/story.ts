/** The story of a deployment as its stream tells it, and what a view of it looks like after each of its events. */
import type { Schemas } from "@/lib/api/client";
import type { StreamEvent } from "@/lib/live/event-stream";

export type View = Schemas["DeploymentView"];
export type Phase = Schemas["PhaseView"];
export type Step = Schemas["StepView"];
export type PhaseName = Phase["name"];

export const UNFINISHED: ReadonlySet<string> = new Set(["queued", "running", "waiting"]);

/** One thing that happened; `seq` counts from 1 within the deployment. */
export type Happening = {
  seq: number;
  at: string;
  kind: string;
  step?: string;
  phase?: string;
  status?: string;
  progress?: number;
  reason?: string;
  message?: string;
  code?: string;
};

/** What an event of the stream tells; undefined for `end`, which only closes it, and for what cannot be read. */
export function happening(event: StreamEvent): Happening | undefined {
  const seq = Number(event.id);
  if (event.event === "end" || !(seq > 0)) return undefined;
  const told = parsed(event.data);
  const text = (key: string) => (typeof told[key] === "string" ? { [key]: told[key] } : {});
  return {
    seq,
    at: typeof told.at === "string" ? told.at : new Date().toISOString(),
    kind: event.event,
    ...text("phase"),
    ...text("status"),
    ...text("reason"),
    ...text("message"),
    ...text("code"),
    ...(event.event === "step" ? { step: String(told.name ?? "") } : text("step")),
    ...(typeof told.progress === "number" ? { progress: told.progress } : {}),
  };
}

/** The story with what is new of `told`: a resumed stream may tell something twice. */
export function continued(story: readonly Happening[], told: readonly Happening[]): readonly Happening[] {
  const last = story.at(-1)?.seq ?? 0;
  const fresh = told.filter((each) => each.seq > last);
  return fresh.length > 0 ? [...story, ...fresh] : story;
}

/**
 * The view as it is after the story. The view may be older than the story's end or newer: what it knows to have
 * happened later than an event stays.
 */
export function afterStory(view: View, story: readonly Happening[]): View {
  if (view.finished_at !== null) return view;
  return story.reduce(afterOne, view);
}

function afterOne(view: View, news: Happening): View {
  const progress = news.progress === undefined ? {} : { progress: news.progress };
  if (news.kind === "deployment" && news.status) {
    const status = news.status as View["status"];
    const ended = UNFINISHED.has(status) ? {} : { finished_at: news.at, cancelable: false };
    return { ...view, ...progress, ...ended, status, message: news.message ?? view.message };
  }
  if (news.kind !== "step") return view;
  return { ...view, ...progress, phases: view.phases.map((phase) => afterStep(phase, news)) };
}

function afterStep(phase: Phase, news: Happening): Phase {
  const step = phase.steps.find((each) => each.name === news.step);
  if (phase.name !== news.phase || !step || isKnown(step, news.at)) return phase;
  const steps = phase.steps.map((each) => (each === step ? changed(step, news) : each));
  const status = phaseStatus(steps.map((each) => each.status));
  const over = status === "done" || status === "failed" || status === "taken_back";
  return {
    ...phase,
    steps,
    status,
    started_at: phase.started_at ?? news.at,
    finished_at: over ? news.at : null,
  };
}

function isKnown(step: Step, at: string): boolean {
  const latest = step.finished_at ?? step.started_at;
  return latest !== null && Date.parse(latest) > Date.parse(at);
}

function changed(step: Step, news: Happening): Step {
  const status = news.status as Step["status"];
  const isOver = status === "done" || status === "failed" || status === "compensated";
  const failed =
    status === "failed" && news.code ? { code: news.code, message: news.reason ?? "" } : step.error;
  return {
    ...step,
    status,
    reason: isOver ? null : (news.reason ?? null),
    error: failed,
    started_at: step.started_at ?? news.at,
    finished_at: isOver ? news.at : null,
  };
}

/** As the API sums up the statuses of a phase's steps. */
export function phaseStatus(statuses: readonly Step["status"][]): Phase["status"] {
  const has = (...wanted: Step["status"][]) => statuses.some((status) => wanted.includes(status));
  if (has("failed", "compensation_failed")) return "failed";
  if (has("compensating")) return "going_back";
  if (has("compensated")) return "taken_back";
  if (has("waiting")) return "waiting";
  if (has("running")) return "running";
  if (statuses.every((status) => status === "done")) return "done";
  return has("done") ? "running" : "pending";
}

function parsed(data: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(data);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
