/** What to do after a close, by its code (RFC 6455 §7.4 and docs/reference/realtime.md). */

/** `retry`: come back and resume. `renew`: come back with a new token. `stop`: coming back would change nothing. */
export type Advice = "retry" | "renew" | "stop";

const ADVICE: Readonly<Record<number, Advice>> = {
  1000: "retry",
  1001: "retry",
  1002: "stop",
  1003: "stop",
  1005: "retry",
  1006: "retry",
  1007: "stop",
  1008: "stop",
  1009: "stop",
  1011: "retry",
  1012: "retry",
  1013: "retry",
  4401: "renew",
  4403: "stop",
};

/** A code that this client does not know comes from a newer server: it tries again, ever more slowly. */
export function adviceFor(code: number): Advice {
  return ADVICE[code] ?? "retry";
}
