import { vi } from "vitest";

/** Waits until `check` throws no more: a moment on an idle machine, as long as it takes on a busy one. */
export function eventually<T>(check: () => T | Promise<T>): Promise<T> {
  return vi.waitFor(check, { timeout: 20_000, interval: 5 });
}
