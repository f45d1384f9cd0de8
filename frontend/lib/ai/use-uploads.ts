"use client";
/** The tab's uploads, by knowledge base: they outlive the room that began them, and end with the session. */
import { useSyncExternalStore } from "react";
import { stepsFor, type Upload, Uploads } from "@/lib/ai/uploads";
import { session } from "@/lib/session/session";

const all = new Map<string, Uploads>();
const NONE: readonly Upload[] = [];

export function uploadsOf(base: string): Uploads {
  if (all.size === 0) watch();
  const known = all.get(base) ?? new Uploads(stepsFor(base));
  all.set(base, known);
  return known;
}

export function useUploads(base: string): readonly Upload[] {
  const uploads = uploadsOf(base);
  return useSyncExternalStore(uploads.subscribe, uploads.getState, () => NONE);
}

function watch(): void {
  window.addEventListener("beforeunload", (event) => {
    if ([...all.values()].some(({ isBusy }) => isBusy)) event.preventDefault();
  });
  window.addEventListener("online", () => {
    for (const uploads of all.values()) uploads.retryUnreachable();
  });
  session().subscribe(() => {
    if (session().getStatus() === "signed-out") for (const uploads of all.values()) uploads.clear();
  });
}
