/** How long a deployment has taken, how far it is, and how long it will still take. Moments are ISO texts, spans seconds. */
import { type Phase, UNFINISHED, type View } from "@/lib/deployments/story";

/** A phase that takes longer than expected stays just short of its end. */
const NEARLY = 0.95;

/** The seconds between two moments; to `now` (milliseconds) where it goes on, null where it has not begun. */
export function secondsBetween(from: string | null, to: string | null, now: number): number | null {
  if (from === null) return null;
  const end = to === null ? now : Date.parse(to);
  return Math.max(0, (end - Date.parse(from)) / 1000);
}

/** The seconds that a phase has taken so far, or took. */
export function phaseSeconds(phase: Phase, now: number): number | null {
  return phase.status === "pending" ? null : secondsBetween(phase.started_at, phase.finished_at, now);
}

/**
 * Percent of the expected time, so that a bar moves evenly, also while one long phase is at work. The API's share of
 * finished steps where it goes back or has ended.
 */
export function progressOf(view: View, now: number): number {
  if (view.status === "succeeded") return 100;
  const total = sum(view.phases.map(weight));
  if (!UNFINISHED.has(view.status) || isGoingBack(view) || total === 0) return view.progress;
  return Math.min(99, (100 * sum(view.phases.map((phase) => doneOf(phase, now)))) / total);
}

/** Seconds until the expected end; null where nobody can say. */
export function secondsLeft(view: View, now: number): number | null {
  if (view.status === "queued" || !isAhead(view)) return null;
  return sum(
    view.phases.map((phase) =>
      phase.status === "done" ? 0 : Math.max(0, phase.expected_seconds - (phaseSeconds(phase, now) ?? 0)),
    ),
  );
}

/** Whether what was made is being taken back. */
export function isGoingBack(view: View): boolean {
  return (
    UNFINISHED.has(view.status) &&
    view.phases.some(
      ({ status }) => status === "failed" || status === "going_back" || status === "taken_back",
    )
  );
}

/** Whether the phases to come will come: it is at work and does not go back. */
export function isAhead(view: View): boolean {
  return UNFINISHED.has(view.status) && !isGoingBack(view) && !view.cancel_requested;
}

/** The phase that is being worked on: the first that has begun and not ended, or the first that waits for its turn. */
export function currentPhase(view: View): Phase | undefined {
  return (
    view.phases.find(({ status }) => ["running", "waiting", "going_back", "failed"].includes(status)) ??
    view.phases.find(({ status }) => status === "pending")
  );
}

function weight(phase: Phase): number {
  return phase.steps.length === 0 ? 0 : Math.max(1, phase.expected_seconds);
}

function doneOf(phase: Phase, now: number): number {
  if (phase.status === "done") return weight(phase);
  const taken = phaseSeconds(phase, now) ?? 0;
  return Math.min(taken, NEARLY * weight(phase));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
