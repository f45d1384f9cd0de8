import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { trailing } from "@/lib/live/trailing";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function counted() {
  const ends: (() => void)[] = [];
  const work = trailing(() => new Promise<void>((resolve) => ends.push(resolve)), 100);
  return { ends, ...work };
}

it("works once for many requests, and once more for those that came meanwhile", async () => {
  const { ends, ask } = counted();
  for (let times = 0; times < 5; times++) ask();
  await vi.advanceTimersByTimeAsync(100);
  expect(ends).toHaveLength(1);
  ask();
  ask();
  await vi.advanceTimersByTimeAsync(1000);
  expect(ends).toHaveLength(1);
  ends[0]?.();
  await vi.advanceTimersByTimeAsync(100);
  expect(ends).toHaveLength(2);
  ends[1]?.();
  await vi.advanceTimersByTimeAsync(1000);
  expect(ends).toHaveLength(2);
});

it("does nothing after it was stopped", async () => {
  const { ends, ask, stop } = counted();
  ask();
  stop();
  ask();
  await vi.advanceTimersByTimeAsync(1000);
  expect(ends).toHaveLength(0);
});
