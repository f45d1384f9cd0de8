import { describe, expect, it } from "vitest";
import { attentionOf, type Dashboard, planInForce, runningOf } from "@/rooms/dashboard/standing";

const HEALTHY: Dashboard = {
  tenant: null,
  trial: { status: "active", ends_at: "2026-12-05T10:00:00Z", days_left: 14 },
  subscription: null,
  stack: {
    status: "healthy",
    url: "http://baker.localhost:8080",
    host_kind: "shared",
    apps: {
      crm: { status: "healthy", url: "http://baker.localhost:8080/crm" },
      files: { status: "healthy", url: "http://baker.localhost:8080/files" },
    },
    uptime: 1,
    storage_bytes: 1,
    bandwidth_bytes: 0,
    last_backup_at: null,
  },
  deployments: [deployment("succeeded", 100)],
  unavailable: [],
};

function deployment(status: "succeeded" | "running" | "rolled_back" | "needs_customer", progress: number) {
  return { id: "d1", kind: "create", status, progress, created_at: "2026-11-21T10:00:00Z" };
}

function subscription(status: string, cancel_at_period_end = false) {
  return { plan: "business", status, current_period_end: "2026-12-21T10:00:00Z", cancel_at_period_end };
}

function kinds(change: Partial<Dashboard>) {
  return attentionOf({ ...HEALTHY, ...change }).map(({ kind }) => kind);
}

describe("what needs attention", () => {
  it("is nothing where all is well, and nothing that is not known", () => {
    expect(kinds({})).toEqual([]);
    const nothing = { tenant: null, trial: null, subscription: null, stack: null, deployments: null };
    expect(
      kinds({ ...nothing, unavailable: ["tenant", "trial", "subscription", "stack", "deployments"] }),
    ).toEqual([]);
  });

  it("is a trial that ends soon, louder when sooner, and never beside a subscription", () => {
    const ending = (days_left: number): Dashboard["trial"] => ({ status: "active", ends_at: "x", days_left });
    expect(kinds({ trial: ending(8) })).toEqual([]);
    expect(attentionOf({ ...HEALTHY, trial: ending(7) })[0]).toMatchObject({
      kind: "trial_ending",
      tone: "accent",
    });
    expect(attentionOf({ ...HEALTHY, trial: ending(3) })[0]).toMatchObject({
      tone: "warn",
      values: { days: 3 },
      todo: { href: "/plans/" },
    });
    expect(kinds({ trial: ending(1), subscription: subscription("active") })).toEqual([]);
  });

  it.each([
    ["past_due", "past_due"],
    ["unpaid", "unpaid"],
    ["paused", "paused"],
    ["canceled", "subscription_ended"],
  ])("is a subscription that is %s", (status, kind) => {
    const trial: Dashboard["trial"] = { status: "converted", ends_at: "x", days_left: 0 };
    expect(kinds({ trial, subscription: subscription(status) })).toEqual([kind]);
  });

  it("is the newest failed deployment, which explains a stack that is in error", () => {
    const stack = { ...HEALTHY.stack, status: "error" } as Dashboard["stack"];
    const failed = attentionOf({ ...HEALTHY, stack, deployments: [deployment("rolled_back", 40)] });
    expect(failed).toEqual([
      { kind: "deployment_failed", tone: "bad", todo: { href: "/deployments/view/?id=d1" } },
    ]);
    expect(kinds({ deployments: [deployment("succeeded", 100), deployment("rolled_back", 40)] })).toEqual([]);
    expect(kinds({ stack, deployments: [] })).toEqual(["stack_error"]);
  });

  it("is an app that is not well, unless a deployment is at work on it or the stack is switched off", () => {
    const stack = {
      ...HEALTHY.stack,
      status: "degraded",
      apps: { crm: { status: "unhealthy", url: "" }, files: { status: "healthy", url: "" } },
    } as Dashboard["stack"];
    expect(attentionOf({ ...HEALTHY, stack })).toEqual([
      { kind: "stack_degraded", tone: "warn", values: { apps: ["crm"] }, todo: "ask_again" },
    ]);
    expect(kinds({ stack, deployments: [deployment("running", 40)] })).toEqual([]);
    const suspended: Dashboard["trial"] = { status: "suspended", ends_at: "x", days_left: 0 };
    expect(kinds({ stack, trial: suspended })).toEqual(["trial_suspended"]);
  });

  it("comes in the order of its urgency", () => {
    const stack = { ...HEALTHY.stack, status: "unreachable" } as Dashboard["stack"];
    const ending: Dashboard["trial"] = { status: "active", ends_at: "x", days_left: 6 };
    expect(kinds({ stack, trial: ending })).toEqual(["stack_unreachable", "trial_ending"]);
    expect(kinds({ trial: ending, deployments: [deployment("needs_customer", 50)] })).toEqual([
      "deployment_needs_you",
      "trial_ending",
    ]);
  });
});

describe("what is in force", () => {
  it("is the subscription's plan while it lives, else the trial's", () => {
    expect(planInForce(HEALTHY)).toBe("trial");
    expect(planInForce({ ...HEALTHY, subscription: subscription("past_due") })).toBe("business");
    const converted: Dashboard["trial"] = { status: "converted", ends_at: "x", days_left: 0 };
    expect(planInForce({ trial: converted, subscription: subscription("canceled") })).toBeNull();
  });

  it("names the deployment under way", () => {
    expect(runningOf(HEALTHY)).toBeUndefined();
    expect(runningOf({ ...HEALTHY, deployments: [deployment("running", 12)] })?.progress).toBe(12);
  });
});
