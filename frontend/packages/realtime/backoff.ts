const FIRST_MS = 500;
const LONGEST_MS = 20_000;

/** Full jitter: anything up to a bound that doubles, so that thousands of clients do not come back at once. */
export function backoffMs(attempt: number, random: number): number {
  return random * Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attempt, 16));
}
