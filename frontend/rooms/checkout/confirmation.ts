/** What is known of a payment after the return from Stripe: the webhook says it, not the return itself. */
import type { Schemas } from "@/lib/api/client";

type Deployment = Pick<Schemas["DeploymentLine"], "id" | "kind">;

/** Stripe's words for a subscription that is paid; of one past due the first payment was made. */
const PAID: ReadonlySet<string> = new Set(["active", "trialing", "past_due"]);
const FIRST_PAUSE_MS = 700;
const LONGEST_PAUSE_MS = 8_000;
const TRIES_FOR_MOVE = 12;

export function isPaid(subscription: { status: string } | null | undefined): boolean {
  return subscription != null && PAID.has(subscription.status);
}

/** Milliseconds until the next look, longer each time. */
export function pauseAfter(looks: number): number {
  return Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 1.5 ** looks);
}

/**
 * Where to go on once it is paid: to the move to a machine of one's own, newest first in `deployments`. Undefined while
 * it may still begin; after many looks to where the newest deployment is found by itself.
 */
export function pathAfterPayment(deployments: readonly Deployment[], looks: number): string | undefined {
  const move = deployments.find(({ kind }) => kind === "convert");
  if (move) return `/onboarding/?deployment=${encodeURIComponent(move.id)}`;
  return looks >= TRIES_FOR_MOVE ? "/onboarding/" : undefined;
}
