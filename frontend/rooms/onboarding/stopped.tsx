"use client";
import { useTranslations } from "use-intl";
import { RetryButton } from "@/rooms/deployments/actions";
import { LiveLog } from "@/rooms/deployments/live-log";
import { Outcome } from "@/rooms/deployments/outcome";
import { Details, type Live } from "@/rooms/onboarding/building";
import { PhaseList } from "@/rooms/onboarding/phase-list";

export const onboardingPath = (id: string) => `/onboarding/?deployment=${id}`;

/** When it ended without success: what happened, and what to do. */
export function Stopped({ view, story, connection, now }: Live) {
  const t = useTranslations("onboarding");
  const key = view.status === "canceled" ? "canceled" : "failed";
  return (
    <>
      <div>
        <h1 className="text-3xl font-semibold tracking-tight">{t(`${key}.title`)}</h1>
        <p className="mt-2 text-ink-soft">{t(`${key}.lead`)}</p>
      </div>
      <Outcome view={view} actions={<RetryButton view={view} next={onboardingPath} />} />
      <PhaseList view={view} now={now} />
      <LiveLog view={view} story={story} connection={connection} />
      <Details view={view} />
    </>
  );
}
