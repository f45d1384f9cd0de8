"use client";
import { useEffect, useState, useSyncExternalStore } from "react";
import { type SessionStatus, session, wasSignedIn } from "@/lib/session/session";

/** Whether somebody is signed in, here and in every other tab. `unknown` until the first call has asked. */
export function useSessionStatus(): SessionStatus {
  return useSyncExternalStore(
    (listener) => session().subscribe(listener),
    () => session().getStatus(),
    () => "unknown",
  );
}

/** The same for pages that need no sign-in: they ask the API only where this browser was signed in before. */
export function useVisitorStatus(): SessionStatus {
  const status = useSessionStatus();
  const [stranger, setStranger] = useState(false);
  useEffect(() => {
    if (session().getStatus() !== "unknown") return;
    if (wasSignedIn())
      session()
        .accessToken()
        .catch(() => setStranger(true));
    else setStranger(true);
  }, []);
  return status === "unknown" && stranger ? "signed-out" : status;
}
