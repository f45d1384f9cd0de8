"use client";
import { useSyncExternalStore } from "react";
import { type SessionStatus, session } from "@/lib/session/session";

/** Whether somebody is signed in, here and in every other tab. `unknown` until the first call has asked. */
export function useSessionStatus(): SessionStatus {
  return useSyncExternalStore(
    (listener) => session().subscribe(listener),
    () => session().getStatus(),
    () => "unknown",
  );
}
