"use client";
/** A deployment under way: how far it is, and the way to watch it. */
import { useTranslations } from "use-intl";
import { ButtonLink } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { ProgressBar } from "@/components/ui/progress";
import { useKindName } from "@/rooms/dashboard/deployment-words";
import type { Deployment } from "@/rooms/dashboard/standing";

export function RunningDeployment({ deployment }: { deployment: Deployment }) {
  const t = useTranslations("dashboard.running");
  const kindName = useKindName();
  const isQueued = deployment.status === "queued";
  return (
    <Card aria-labelledby="running" className="flex flex-col gap-4">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <div>
          <h2 id="running" className="text-lg font-semibold">
            {kindName(deployment.kind)}
          </h2>
          <p className="text-ink-soft">{isQueued ? t("queued") : t("text")}</p>
        </div>
        <ButtonLink href={`/onboarding/?deployment=${encodeURIComponent(deployment.id)}`}>
          {t("watch")}
        </ButtonLink>
      </div>
      <div className="flex items-center gap-4">
        <ProgressBar label={t("progress")} value={deployment.progress} />
        <span className="w-12 text-end text-sm font-medium tabular-nums">
          {t("percent", { progress: deployment.progress / 100 })}
        </span>
      </div>
    </Card>
  );
}
