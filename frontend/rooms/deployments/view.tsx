"use client";
/** One deployment: how far it is, its timeline, its log, and what can be done. */
import { useSearchParams } from "next/navigation";
import { Suspense } from "react";
import { useFormatter, useTranslations } from "use-intl";
import { Link } from "@/components/link";
import { Badge } from "@/components/ui/badge";
import { Button, ButtonLink } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Notice } from "@/components/ui/notice";
import { Skeleton } from "@/components/ui/skeleton";
import { ProblemError } from "@/lib/api/problem";
import { useProblemText } from "@/lib/api/use-problem-text";
import { UNFINISHED, type View } from "@/lib/deployments/story";
import { secondsLeft } from "@/lib/deployments/timing";
import { useLiveDeployment } from "@/lib/live/use-live-deployment";
import { useNow } from "@/lib/live/use-now";
import { CancelButton, RetryButton } from "@/rooms/deployments/actions";
import { Announcer } from "@/rooms/deployments/announcer";
import { LiveLog } from "@/rooms/deployments/live-log";
import { Outcome } from "@/rooms/deployments/outcome";
import { PhaseTimes } from "@/rooms/deployments/phase-times";
import { ProgressHead } from "@/rooms/deployments/progress-head";
import { Timeline } from "@/rooms/deployments/timeline";
import { stateOf, toneOf, useWords } from "@/rooms/deployments/words";

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const SHOWS_OUTCOME = new Set(["queued", "running", "waiting", "canceling"]);

export function isDeploymentId(id: string | null): id is string {
  return id !== null && ID.test(id);
}

export const viewPath = (id: string) => `/deployments/view/?id=${id}`;

export function DeploymentRoom() {
  const t = useTranslations("deployments.view");
  return (
    <div className="flex flex-col gap-6">
      <Link href="/deployments/" className="self-start py-2 text-sm font-medium text-accent hover:underline">
        <span aria-hidden="true" className="me-1 inline-block rtl:rotate-180">
          ←
        </span>
        {t("back")}
      </Link>
      <Suspense fallback={<DeploymentWaiting />}>
        <Chosen />
      </Suspense>
    </div>
  );
}

function Chosen() {
  const id = useSearchParams().get("id");
  return isDeploymentId(id) ? <Shown key={id} id={id} /> : <NoDeployment />;
}

function Shown({ id }: { id: string }) {
  const { view, story, connection, error, retry } = useLiveDeployment(id);
  const now = useNow(view === undefined || UNFINISHED.has(view.status));
  if (!view) return error ? <Failure error={error} onRetry={retry} /> : <DeploymentWaiting />;
  const isAtWork = UNFINISHED.has(view.status);
  return (
    <>
      <Announcer view={view} />
      <Head view={view} now={now} />
      {!SHOWS_OUTCOME.has(stateOf(view)) && (
        <Outcome view={view} actions={<RetryButton view={view} next={viewPath} />} />
      )}
      {isAtWork && <ProgressHead view={view} now={now} connection={connection} />}
      <Timeline view={view} now={now} />
      {view.started_at !== null && !isAtWork && <PhaseTimes view={view} now={now} />}
      <LiveLog view={view} story={story} connection={connection} initiallyOpen={isAtWork} />
    </>
  );
}

function Head({ view, now }: { view: View; now: number }) {
  const t = useTranslations("deployments.view");
  const words = useWords();
  const format = useFormatter();
  const state = stateOf(view);
  const began = view.started_at ?? view.created_at;
  const moment = format.dateTime(new Date(began), { dateStyle: "medium", timeStyle: "short" });
  const left = secondsLeft(view, now);
  return (
    <div className="flex flex-wrap items-start justify-between gap-4">
      <div className="flex flex-col gap-1.5">
        <div className="flex flex-wrap items-center gap-3">
          <h1 className="text-2xl font-semibold tracking-tight sm:text-3xl">{words.kind(view.kind)}</h1>
          <Badge tone={toneOf(state)}>{words.state(state)}</Badge>
        </div>
        <p className="text-ink-soft">
          {t(view.started_at === null ? "queued" : "started", { moment })}
          {left !== null && view.expected_finished_at !== null && (
            <>
              {" · "}
              {t("expected", {
                moment: format.dateTime(new Date(now + left * 1000), { timeStyle: "short" }),
              })}
            </>
          )}
        </p>
      </div>
      <CancelButton view={view} />
    </div>
  );
}

export function Failure({ error, onRetry }: { error: Error; onRetry: () => unknown }) {
  const common = useTranslations("common");
  const { textOf } = useProblemText();
  if (error instanceof ProblemError && error.status === 404) return <NoDeployment />;
  const again = (
    <Button tone="secondary" size="sm" onClick={() => void onRetry()}>
      {common("retry")}
    </Button>
  );
  return <Notice live tone="bad" title={textOf(error)} actions={again} />;
}

function NoDeployment() {
  const t = useTranslations("deployments.view");
  return (
    <Card className="flex flex-col items-center gap-2 py-14 text-center">
      <h1 className="text-xl font-semibold">{t("missing.title")}</h1>
      <p className="max-w-md text-ink-soft">{t("missing.text")}</p>
      <ButtonLink tone="secondary" href="/deployments/" className="mt-3">
        {t("back")}
      </ButtonLink>
    </Card>
  );
}

export function DeploymentWaiting() {
  return (
    <>
      <Skeleton className="h-16 max-w-lg" />
      <Skeleton className="h-32" />
      <Skeleton className="h-96" />
    </>
  );
}
