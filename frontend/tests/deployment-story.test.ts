import { describe, expect, it } from "vitest";
import {
  afterStory,
  continued,
  type Happening,
  happening,
  phaseStatus,
  type Step,
  type View,
} from "@/lib/deployments/story";
import { currentPhase, isGoingBack, phaseSeconds, progressOf, secondsLeft } from "@/lib/deployments/timing";

const BEGIN = Date.parse("2026-01-01T12:00:00Z");
const at = (seconds: number) => new Date(BEGIN + seconds * 1000).toISOString();

function step(name: string, changes: Partial<Step> = {}): Step {
  return {
    name,
    status: "pending",
    attempts: 0,
    reason: null,
    error: null,
    started_at: null,
    finished_at: null,
    ...changes,
  };
}

function view(): View {
  const phase = (name: "validate" | "network", expected_seconds: number, steps: Step[]) => ({
    name,
    status: "pending" as const,
    expected_seconds,
    started_at: null,
    finished_at: null,
    steps,
  });
  return {
    id: "0",
    kind: "create",
    status: "running",
    progress: 0,
    message: "",
    error: null,
    created_at: at(0),
    started_at: at(0),
    finished_at: null,
    cancelable: true,
    cancel_requested: false,
    retryable: false,
    expected_finished_at: null,
    phases: [phase("validate", 10, [step("check")]), phase("network", 30, [step("firewall"), step("role")])],
  };
}

function told(seq: number, name: string, status: string, more: Partial<Happening> = {}): Happening {
  const phase = name === "check" ? "validate" : "network";
  return { seq, at: at(seq), kind: "step", step: name, phase, status, progress: seq, ...more };
}

const BEGUN = [told(1, "check", "running"), told(2, "check", "done"), told(3, "firewall", "running")];

describe("the story", () => {
  it("is read from the stream's events, whatever they hold", () => {
    const data = JSON.stringify({
      at: at(1),
      name: "host",
      phase: "compute",
      status: "waiting",
      progress: 40,
      reason: "…",
    });
    expect(happening({ id: "7", event: "step", data })).toEqual({
      seq: 7,
      at: at(1),
      kind: "step",
      step: "host",
      phase: "compute",
      status: "waiting",
      progress: 40,
      reason: "…",
    });
    expect(happening({ id: "8", event: "log", data: "not json" })?.seq).toBe(8);
    expect(happening({ id: "8", event: "end", data: "{}" })).toBeUndefined();
    expect(happening({ id: undefined, event: "step", data: "{}" })).toBeUndefined();
  });

  it("takes each event once, also when a resumed stream repeats some", () => {
    const story = continued(BEGUN.slice(0, 2), BEGUN);
    expect(story.map(({ seq }) => seq)).toEqual([1, 2, 3]);
    expect(continued(story, BEGUN)).toBe(story);
  });

  it("moves an older view on, phase by phase", () => {
    const now = afterStory(view(), BEGUN);
    expect(now.phases.map(({ status }) => status)).toEqual(["done", "running"]);
    expect(now.phases[0]).toMatchObject({ started_at: at(1), finished_at: at(2) });
    expect(now.phases[1]).toMatchObject({ started_at: at(3), finished_at: null });
    expect(now.progress).toBe(3);
  });

  it("never takes back what a newer view knows to have happened later", () => {
    const newer = view();
    newer.phases[1]?.steps.splice(
      0,
      1,
      step("firewall", { status: "done", started_at: at(3), finished_at: at(9) }),
    );
    expect(afterStory(newer, BEGUN).phases[1]?.steps[0]?.status).toBe("done");
    const over: View = { ...view(), status: "succeeded", finished_at: at(99) };
    expect(afterStory(over, BEGUN)).toBe(over);
  });

  it("tells of a failure with its code, of the way back, and of the end", () => {
    const failed = told(4, "firewall", "failed", { code: "no_room", reason: "No room." });
    const returning = [
      ...BEGUN,
      failed,
      told(5, "firewall", "compensating"),
      told(6, "firewall", "compensated"),
    ];
    expect(afterStory(view(), [...BEGUN, failed]).phases[1]?.steps[0]).toMatchObject({
      status: "failed",
      error: { code: "no_room", message: "No room." },
      finished_at: at(4),
    });
    expect(isGoingBack(afterStory(view(), returning))).toBe(true);
    const end = { seq: 7, at: at(7), kind: "deployment", status: "rolled_back", message: "Taken back." };
    expect(afterStory(view(), [...returning, end])).toMatchObject({
      status: "rolled_back",
      finished_at: at(7),
      message: "Taken back.",
      cancelable: false,
    });
  });

  it("sums a phase up as the API does", () => {
    expect(phaseStatus(["done", "pending"])).toBe("running");
    expect(phaseStatus(["done", "waiting"])).toBe("waiting");
    expect(phaseStatus(["compensated", "compensating"])).toBe("going_back");
    expect(phaseStatus(["pending", "pending"])).toBe("pending");
    expect(phaseStatus([])).toBe("done");
  });
});

describe("the time", () => {
  const now = BEGIN + 13_000;
  const working = afterStory(view(), BEGUN);

  it("of a phase goes on until it ends", () => {
    const [validate, network] = working.phases;
    expect(validate && phaseSeconds(validate, now)).toBe(1);
    expect(network && phaseSeconds(network, now)).toBe(10);
    const [pending] = view().phases;
    expect(pending && phaseSeconds(pending, now)).toBeNull();
  });

  it("left is what the phases still need, and nothing for one that is late", () => {
    expect(secondsLeft(working, now)).toBe(20);
    expect(secondsLeft(working, BEGIN + 500_000)).toBe(0);
    expect(secondsLeft({ ...working, status: "queued" }, now)).toBeNull();
  });

  it("makes the progress, which a late phase does not complete", () => {
    expect(progressOf(working, now)).toBe((100 * (10 + 10)) / 40);
    expect(progressOf(working, BEGIN + 500_000)).toBeLessThan(99);
    expect(progressOf({ ...working, status: "succeeded" }, now)).toBe(100);
    const back = afterStory(view(), [...BEGUN, told(4, "firewall", "compensating")]);
    expect(progressOf(back, now)).toBe(4);
    expect(secondsLeft(back, now)).toBeNull();
  });

  it("has a phase in hand: the one at work, or the next", () => {
    expect(currentPhase(working)?.name).toBe("network");
    expect(currentPhase(afterStory(view(), BEGUN.slice(0, 2)))?.name).toBe("network");
  });
});
