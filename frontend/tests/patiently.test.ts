import { describe, expect, it } from "vitest";
import { patiently } from "@/lib/api/patiently";

const fine = () => new Response("{}");
const refused = (code: string, headers: Record<string, string> = { "Retry-After": "2" }, status = 503) =>
  new Response(JSON.stringify({ code }), { status, headers });

/** Asks one who gives these answers in turn: the answer that came of it, and how many seconds were waited before each. */
async function ask(...answers: Response[]) {
  const pauses: number[] = [];
  const answer = await patiently(
    async () => answers.shift() ?? fine(),
    async (milliseconds) => void pauses.push(milliseconds / 1000),
  );
  return { answer, pauses, unasked: answers.length };
}

describe("an API that is busy for a moment", () => {
  it.each(["busy", "overloaded", "service_busy"])("is asked again where it says %s", async (code) => {
    const { answer, pauses } = await ask(refused(code));
    expect(answer.status).toBe(200);
    expect(pauses).toHaveLength(1);
    expect(pauses[0]).toBeGreaterThanOrEqual(2);
    expect(pauses[0]).toBeLessThanOrEqual(3);
  });

  it("is asked three times, and then its own words are told", async () => {
    const { answer, unasked } = await ask(refused("busy"), refused("busy"), refused("overloaded"), fine());
    expect(await answer.json()).toEqual({ code: "overloaded" });
    expect(unasked).toBe(1);
  });

  it.each([
    ["what lasts", refused("service_unavailable")],
    ["what was perhaps done", refused("gateway_timeout", { "Retry-After": "2" }, 504)],
    ["what takes long", refused("busy", { "Retry-After": "60" })],
    ["what says no time", refused("busy", {})],
    ["what is refused for good", refused("busy", { "Retry-After": "2" }, 409)],
    ["a proxy's page", new Response("<html>", { status: 503, headers: { "Retry-After": "1" } })],
  ])("is not asked again for %s", async (_, first) => {
    const { answer, pauses } = await ask(first);
    expect(answer).toBe(first);
    expect(pauses).toEqual([]);
    await answer.text(); // still unread
  });
});
