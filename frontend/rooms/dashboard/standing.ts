/** What a dashboard's answer means: the plan in force, what is running, and what needs attention first. */
import type { Schemas } from "@/lib/api/client";

export type Dashboard = Schemas["Dashboard"];
export type Deployment = Schemas["DeploymentSummary"];
type Severity = "bad" | "warn" | "accent";

/** One thing to look after and the one thing to do about it: a page of the app, or asking again. */
export type Attention = {
  kind: AttentionKind;
  tone: Severity;
  values?: { days?: number; date?: string; apps?: string[] };
  todo: { href: string } | "ask_again";
};
export type AttentionKind =
  | "trial_suspended"
  | "subscription_ended"
  | "unpaid"
  | "paused"
  | "trial_grace"
  | "past_due"
  | "incomplete"
  | "deployment_failed"
  | "deployment_needs_you"
  | "stack_error"
  | "stack_unreachable"
  | "stack_degraded"
  | "ends_at_period_end"
  | "trial_ending";

/** How many days before its end a trial asks for a plan, as the mails do. */
const TRIAL_WARNING_DAYS = 7;
const UNFINISHED: ReadonlySet<string> = new Set(["queued", "running", "waiting"]);
const FAILED: ReadonlySet<string> = new Set(["rolled_back", "rollback_failed", "needs_operator"]);
const ENDED: ReadonlySet<string> = new Set(["canceled", "incomplete_expired"]);
const PLANS = { href: "/plans/" };
const BILLING = { href: "/billing/" };

export function isUnfinished(deployment: Deployment): boolean {
  return UNFINISHED.has(deployment.status);
}

/** The deployment that is under way, if any. */
export function runningOf({ deployments }: Dashboard): Deployment | undefined {
  return deployments?.find(isUnfinished);
}

/** The subscription, unless it has ended. */
export function livingSubscription({ subscription }: Pick<Dashboard, "subscription">) {
  return subscription && !ENDED.has(subscription.status) ? subscription : null;
}

/** The plan whose limits hold; null where billing did not answer or nothing is in force. */
export function planInForce(dashboard: Pick<Dashboard, "subscription" | "trial">): string | null {
  const living = livingSubscription(dashboard);
  if (living) return living.plan;
  return dashboard.trial && dashboard.trial.status !== "converted" ? "trial" : null;
}

/** Whether the stack is switched off until a plan is chosen. */
export function isSuspended(dashboard: Dashboard): boolean {
  if (livingSubscription(dashboard)) return false;
  const { trial, subscription } = dashboard;
  return (
    trial?.status === "suspended" ||
    (subscription !== null && trial?.status !== "active" && trial?.status !== "grace")
  );
}

/** What needs attention, the most urgent first. */
export function attentionOf(dashboard: Dashboard): Attention[] {
  const found = [...ofSubscription(dashboard), ...ofTrial(dashboard), ...ofDeployment(dashboard)];
  // A failed deployment says why the stack is not well; a running one is what makes it so.
  const explained =
    found.some(({ kind }) => kind.startsWith("deployment_")) || runningOf(dashboard) !== undefined;
  if (!explained) found.push(...ofStack(dashboard));
  const order: Severity[] = ["bad", "warn", "accent"];
  return found.sort((one, other) => order.indexOf(one.tone) - order.indexOf(other.tone));
}

function ofSubscription({ subscription, trial }: Dashboard): Attention[] {
  if (!subscription) return [];
  const onTrial = trial !== null && trial.status !== "converted";
  switch (subscription.status) {
    case "unpaid":
      return [{ kind: "unpaid", tone: "bad", todo: BILLING }];
    case "paused":
      return [{ kind: "paused", tone: "bad", todo: BILLING }];
    case "past_due":
      return [{ kind: "past_due", tone: "bad", todo: BILLING }];
    case "incomplete":
      return [{ kind: "incomplete", tone: "warn", todo: BILLING }];
    case "canceled":
    case "incomplete_expired":
      return onTrial ? [] : [{ kind: "subscription_ended", tone: "bad", todo: PLANS }];
  }
  if (!subscription.cancel_at_period_end) return [];
  return [
    {
      kind: "ends_at_period_end",
      tone: "warn",
      values: { date: subscription.current_period_end },
      todo: BILLING,
    },
  ];
}

function ofTrial(dashboard: Dashboard): Attention[] {
  const { trial } = dashboard;
  if (!trial || livingSubscription(dashboard)) return [];
  if (trial.status === "suspended") return [{ kind: "trial_suspended", tone: "bad", todo: PLANS }];
  if (trial.status === "grace") return [{ kind: "trial_grace", tone: "bad", todo: PLANS }];
  if (trial.status !== "active" || trial.days_left > TRIAL_WARNING_DAYS) return [];
  const tone = trial.days_left <= 3 ? "warn" : "accent";
  return [
    { kind: "trial_ending", tone, values: { days: trial.days_left, date: trial.ends_at }, todo: PLANS },
  ];
}

/** The newest deployment alone: what went wrong before it is history. */
function ofDeployment({ deployments }: Dashboard): Attention[] {
  const newest = deployments?.[0];
  if (!newest) return [];
  const todo = { href: `/deployments/view/?id=${encodeURIComponent(newest.id)}` };
  if (newest.status === "needs_customer") return [{ kind: "deployment_needs_you", tone: "bad", todo }];
  return FAILED.has(newest.status) ? [{ kind: "deployment_failed", tone: "bad", todo }] : [];
}

function ofStack(dashboard: Dashboard): Attention[] {
  const { stack } = dashboard;
  // A suspended stack does not run, and is not meant to.
  if (!stack || isSuspended(dashboard)) return [];
  if (stack.status === "error")
    return [{ kind: "stack_error", tone: "bad", todo: { href: "/deployments/" } }];
  if (stack.status === "unreachable") return [{ kind: "stack_unreachable", tone: "warn", todo: "ask_again" }];
  if (stack.status !== "degraded") return [];
  const apps = Object.entries(stack.apps)
    .filter(([, app]) => app.status !== "healthy")
    .map(([name]) => name);
  return [{ kind: "stack_degraded", tone: "warn", values: { apps }, todo: "ask_again" }];
}
