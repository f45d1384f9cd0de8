import { describe, expect, it } from "vitest";
import { isPaid, pathAfterPayment, pauseAfter } from "@/rooms/checkout/confirmation";

describe("the return from the checkout", () => {
  it.each(["active", "trialing", "past_due"])("takes a subscription that is %s for paid", (status) => {
    expect(isPaid({ status })).toBe(true);
  });

  it.each(["incomplete", "canceled", "unpaid"])("does not take one that is %s for paid", (status) => {
    expect(isPaid({ status })).toBe(false);
  });

  it("waits while there is no subscription yet", () => {
    expect(isPaid(null)).toBe(false);
    expect(isPaid(undefined)).toBe(false);
  });

  it("looks ever more seldom, and never stops looking", () => {
    const pauses = Array.from({ length: 20 }, (_, looks) => pauseAfter(looks));
    expect(pauses).toEqual([...pauses].sort((one, other) => one - other));
    expect(pauses[0]).toBeLessThan(1_000);
    expect(pauses.at(-1)).toBe(8_000);
  });

  it("leads to the newest move to an own machine", () => {
    const deployments = [
      { id: "3", kind: "convert" },
      { id: "2", kind: "convert" },
      { id: "1", kind: "create" },
    ];
    expect(pathAfterPayment(deployments, 0)).toBe("/onboarding/?deployment=3");
  });

  it("waits for the move to begin, but not for ever", () => {
    const deployments = [{ id: "1", kind: "create" }];
    expect(pathAfterPayment(deployments, 3)).toBeUndefined();
    expect(pathAfterPayment(deployments, 12)).toBe("/onboarding/");
  });
});
