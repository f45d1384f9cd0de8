/** Where the API is too busy for a moment, asks again by itself, instead of telling a person to. */
import { ProblemError } from "@/lib/api/problem";

/** With each of these the API says that it has begun nothing, or undone it, so that any request may be sent again. */
const PASSING = new Set(["busy", "overloaded", "service_busy"]);
const MOST_TRIES = 3;
const LONGEST_S = 5;

type Wait = (milliseconds: number) => Promise<void>;
const wait: Wait = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

/** The answer to `ask`, which is called up to three times, each as long after the other as `Retry-After` says. */
export async function patiently(ask: () => Promise<Response>, pause: Wait = wait): Promise<Response> {
  for (let left = MOST_TRIES - 1; ; left--) {
    const answer = await ask();
    if (left === 0 || answer.status !== 503) return answer;
    const { code, retryAfter } = await ProblemError.from(answer.clone());
    if (!PASSING.has(code) || retryAfter === undefined || retryAfter > LONGEST_S) return answer;
    // Not all of those who were refused at once come back at once.
    await pause(retryAfter * 1000 * (1 + Math.random() / 2));
  }
}
