"use client";
/** The construction of the stack as it happens, from the first phase to the link. Can be left and returned to. */
import { useQuery } from "@tanstack/react-query";
import { useSearchParams } from "next/navigation";
import { Suspense, useEffect, useState } from "react";
import { useTranslations } from "use-intl";
import { Card } from "@/components/ui/card";
import { Spinner } from "@/components/ui/spinner";
import { useProblemText } from "@/lib/api/use-problem-text";
import { presentDeployment } from "@/lib/deployments/queries";
import { UNFINISHED, type View } from "@/lib/deployments/story";
import { progressOf } from "@/lib/deployments/timing";
import { useLiveDeployment } from "@/lib/live/use-live-deployment";
import { useNow } from "@/lib/live/use-now";
import { Announcer } from "@/rooms/deployments/announcer";
import { DeploymentWaiting, Failure, isDeploymentId } from "@/rooms/deployments/view";
import { Building } from "@/rooms/onboarding/building";
import { Ready } from "@/rooms/onboarding/ready";
import { Stopped } from "@/rooms/onboarding/stopped";

const LOOK_MS = 1000;
const LONG_MS = 30_000;

export function OnboardingRoom() {
  return (
    <div className="mx-auto flex max-w-3xl flex-col gap-6">
      <Suspense fallback={<DeploymentWaiting />}>
        <Chosen />
      </Suspense>
    </div>
  );
}

function Chosen() {
  const id = useSearchParams().get("deployment");
  return isDeploymentId(id) ? <Followed key={id} id={id} /> : <Found />;
}

/** Looks for the deployment until there is one, and writes it into the address, so that a reload shows the same. */
function Found() {
  const { data: id, error } = useQuery({ ...presentDeployment, refetchInterval: LOOK_MS });
  useEffect(() => {
    if (id) window.history.replaceState(null, "", `?deployment=${id}`);
  }, [id]);
  return <AboutToBegin error={error} />;
}

function AboutToBegin({ error }: { error: Error | null }) {
  const t = useTranslations("onboarding.waiting");
  const { textOf } = useProblemText();
  const now = useNow(true);
  const [since] = useState(() => Date.now());
  return (
    <Card role="status" className="flex min-h-96 flex-col items-center justify-center gap-3 text-center">
      <Spinner className="size-8 text-accent" />
      <h1 className="mt-2 text-2xl font-semibold tracking-tight">{t("title")}</h1>
      <p className="max-w-md text-ink-soft">{error ? textOf(error) : t("text")}</p>
      <p className="min-h-12 max-w-md text-sm text-ink-soft">{now - since > LONG_MS ? t("long") : ""}</p>
    </Card>
  );
}

function Followed({ id }: { id: string }) {
  const live = useLiveDeployment(id);
  const { view, error, retry } = live;
  const now = useNow(view === undefined || UNFINISHED.has(view.status));
  useTabTitle(view, now);
  if (!view) return error ? <Failure error={error} onRetry={retry} /> : <DeploymentWaiting />;
  const isAtWork = UNFINISHED.has(view.status);
  const shown = { ...live, view, now };
  return (
    <>
      <Announcer view={view} />
      {view.status === "succeeded" ? (
        <Ready view={view} />
      ) : isAtWork ? (
        <Building {...shown} />
      ) : (
        <Stopped {...shown} />
      )}
    </>
  );
}

/** Who works in another tab sees there how far it is, and when it is live. */
function useTabTitle(view: View | undefined, now: number) {
  const t = useTranslations("onboarding.tab");
  const title =
    view &&
    (UNFINISHED.has(view.status)
      ? t("building", { percent: Math.round(progressOf(view, now)) })
      : t(view.status === "succeeded" ? "ready" : "stopped"));
  useEffect(() => {
    if (title) document.title = title;
  }, [title]);
}
