"use client";
import { useCallback, useEffect, useState, useSyncExternalStore } from "react";
import { data, publicApi, type Schemas } from "@/lib/api/client";
import { ProblemError } from "@/lib/api/problem";

export type Invited = Schemas["InvitationSeen"];
export type Look =
  | { state: "waiting" }
  | { state: "found"; invited: Invited }
  | { state: "not-valid" }
  | { state: "failed"; error: unknown };

function onHashChange(listener: () => void): () => void {
  window.addEventListener("hashchange", listener);
  return () => window.removeEventListener("hashchange", listener);
}

/** The token behind the `#` of the address, which the browser sends to no server; undefined before the first paint. */
export function useToken(): string | undefined {
  return useSyncExternalStore(
    onHashChange,
    () => window.location.hash.slice(1),
    () => undefined,
  );
}

/** What the token invites to; `again` asks anew. */
export function useInvitation(token: string | undefined): { look: Look; again: () => void } {
  const [look, setLook] = useState<Look>({ state: "waiting" });
  const [round, setRound] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another round asks for the same token again.
  useEffect(() => {
    if (token === undefined) return;
    const control = new AbortController();
    setLook({ state: "waiting" });
    lookAt(token, control.signal)
      .then(setLook)
      .catch((error) => {
        if (!control.signal.aborted) setLook({ state: "failed", error });
      });
    return () => control.abort();
  }, [token, round]);
  const again = useCallback(() => setRound((before) => before + 1), []);
  return { look, again };
}

async function lookAt(token: string, signal: AbortSignal): Promise<Look> {
  if (!/^[\w-]{16,256}$/.test(token)) return { state: "not-valid" };
  try {
    const invited = await data(publicApi.POST("/v1/auth/invitations/look", { body: { token }, signal }));
    return { state: "found", invited };
  } catch (error) {
    if (error instanceof ProblemError && error.status === 404) return { state: "not-valid" };
    throw error;
  }
}
