"use client";
/** Says above every room when the platform or one of its services is not well, and when this device is offline. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useSyncExternalStore } from "react";
import { useTranslations } from "use-intl";
import type { Schemas } from "@/lib/api/client";
import { ProblemError, UnreachableError } from "@/lib/api/problem";
import { platformStatus } from "@/lib/api/queries";
import { useSessionStatus } from "@/lib/session/use-session";

export function StatusLine({ tellsOffline }: { tellsOffline: boolean }) {
  const text = useStatusText(tellsOffline);
  return (
    <div role="status" className="bg-warn-soft text-warn">
      {text && <p className="mx-auto max-w-6xl px-4 py-2 text-sm font-medium sm:px-6">{text}</p>}
    </div>
  );
}

/** The most far-reaching fault in one sentence, or null. */
function useStatusText(tellsOffline: boolean): string | null {
  const t = useTranslations("common.status");
  const online = useOnline();
  // Before anybody is signed in, the room itself says that the API does not answer.
  const isSignedIn = useSessionStatus() === "signed-in";
  const { data, error, dataUpdatedAt } = useQuery(platformStatus);
  const isSilent = error !== null && !(error instanceof ProblemError && error.status < 500);
  const broken = isSilent ? [] : unavailableOf(data);
  useRenewAfter(online && (isSilent || broken.length > 0));
  useAskAgain(dataUpdatedAt);
  if (!online) return tellsOffline ? t("offline") : null;
  if (isSilent) return isSignedIn ? t("unreachable") : null;
  const [first] = broken;
  if (first === undefined) return null;
  return broken.length > 1 ? t("several") : t("service", { service: first });
}

function unavailableOf(status: Schemas["PlatformStatus"] | undefined): string[] {
  return (status?.services ?? [])
    .filter((service) => service.status !== "operational")
    .map(({ name }) => name);
}

/** When a fault is over, everything that is on the screen is asked for again. */
function useRenewAfter(faulty: boolean) {
  const client = useQueryClient();
  const wasFaulty = useRef(false);
  useEffect(() => {
    if (wasFaulty.current && !faulty) {
      void client.invalidateQueries({
        predicate: ({ queryKey }) => queryKey[0] !== platformStatus.queryKey[0],
      });
    }
    wasFaulty.current = faulty;
  }, [faulty, client]);
}

/** What was not answered is asked for again whenever the platform has answered: it may have been cut off for a moment. */
function useAskAgain(answeredAt: number) {
  const client = useQueryClient();
  useEffect(() => {
    if (answeredAt > 0) {
      void client.refetchQueries({
        type: "active",
        predicate: ({ state }) => state.error instanceof UnreachableError,
      });
    }
  }, [answeredAt, client]);
}

function useOnline(): boolean {
  return useSyncExternalStore(
    (changed) => {
      window.addEventListener("online", changed);
      window.addEventListener("offline", changed);
      return () => {
        window.removeEventListener("online", changed);
        window.removeEventListener("offline", changed);
      };
    },
    () => navigator.onLine,
    () => true,
  );
}
