/** What to do after a close, by its code (RFC 6455 §7.4 and docs/reference/realtime.md). */

/** `retry`: come back and resume. `renew`: come back with a new token. `stop`: coming back would change nothing. */
export type Advice = "retry" | "renew" | "stop";
export type Closing = { advice: Advice /** The shortest wait. */; waitMs: number };

const now = (advice: Advice): Closing => ({ advice, waitMs: 0 });

const CLOSINGS: Readonly<Record<number, Closing>> = {
  1000: now("retry"), // This client never ends a socket that it still listens to: something in between did.
  1001: now("retry"),
  1002: now("stop"),
  1003: now("stop"),
  1005: now("retry"),
  1006: now("retry"),
  1007: now("stop"),
  1009: now("stop"),
  1011: now("retry"),
  1012: now("retry"),
  4400: now("stop"),
  4401: now("renew"), // A token may end on its way; where a new one is refused too, the client stops.
  4403: now("stop"),
  4408: { advice: "retry", waitMs: 1_000 },
  4419: now("renew"),
  4429: { advice: "retry", waitMs: 30_000 },
  4508: now("retry"),
};

/** A code that this client does not know comes from a newer server: it tries again, ever more slowly. */
export function closingOf(code: number): Closing {
  return CLOSINGS[code] ?? now("retry");
}
