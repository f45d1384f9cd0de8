"use client";
/** The tab's questions; they end with the session. */
import { useSyncExternalStore } from "react";
import { Asking, type Run } from "@/lib/ai/asking";
import { session } from "@/lib/session/session";

let own: Asking | undefined;
const NONE: readonly Run[] = [];

export function asking(): Asking {
  own ??= newAsking();
  return own;
}

export function useRuns(): readonly Run[] {
  return useSyncExternalStore(
    (changed) => asking().subscribe(changed),
    () => asking().getState(),
    () => NONE,
  );
}

function newAsking(): Asking {
  const made = new Asking();
  session().subscribe(() => {
    if (session().getStatus() === "signed-out") made.clear();
  });
  return made;
}
