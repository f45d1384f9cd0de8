"use client";
import { useTranslations } from "use-intl";
import { Link } from "@/components/link";
import type { Happening, View } from "@/lib/deployments/story";
import type { Connection } from "@/lib/live/follow";
import { LiveLog } from "@/rooms/deployments/live-log";
import { Outcome } from "@/rooms/deployments/outcome";
import { ProgressHead } from "@/rooms/deployments/progress-head";
import { viewPath } from "@/rooms/deployments/view";
import { PhaseList } from "@/rooms/onboarding/phase-list";

export type Live = { view: View; story: readonly Happening[]; connection: Connection; now: number };

/** While it is at work. */
export function Building({ view, story, connection, now }: Live) {
  const t = useTranslations("onboarding");
  const isMove = view.kind === "convert";
  return (
    <>
      <div>
        <h1 className="text-3xl font-semibold tracking-tight">{t(isMove ? "moving.title" : "title")}</h1>
        <p className="mt-2 text-ink-soft">{t(isMove ? "moving.lead" : "lead")}</p>
      </div>
      <Outcome view={view} />
      <ProgressHead view={view} now={now} connection={connection} />
      <PhaseList view={view} now={now} />
      <LiveLog view={view} story={story} connection={connection} />
      <Details view={view} />
    </>
  );
}

export function Details({ view }: { view: View }) {
  const t = useTranslations("onboarding");
  return (
    <Link
      href={viewPath(view.id)}
      className="self-start py-3 text-sm font-medium text-accent underline-offset-4 hover:underline"
    >
      {t("details")}
    </Link>
  );
}
