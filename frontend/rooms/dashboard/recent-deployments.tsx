"use client";
import { useFormatter, useNow, useTranslations } from "use-intl";
import { Link } from "@/components/link";
import { Badge } from "@/components/ui/badge";
import { Card } from "@/components/ui/card";
import { STATUS_TONES, useKindName } from "@/rooms/dashboard/deployment-words";
import type { Deployment } from "@/rooms/dashboard/standing";
import { MissingPart } from "@/rooms/dashboard/unavailable";

/** The newest deployments, each with the way to its whole story; null when they are not to be had. */
export function RecentDeployments({ deployments }: { deployments: Deployment[] | null }) {
  const t = useTranslations("dashboard.recent");
  return (
    <Card aria-labelledby="recent" className="flex flex-col gap-2">
      <div className="flex items-baseline justify-between gap-4">
        <h2 id="recent" className="text-lg font-semibold">
          {t("title")}
        </h2>
        <Link href="/deployments/" className="-my-2 py-2 text-sm font-medium text-accent hover:underline">
          {t("all")}
        </Link>
      </div>
      {deployments === null && <MissingPart />}
      {deployments?.length === 0 && <p className="py-2 text-ink-soft">{t("none")}</p>}
      {deployments && deployments.length > 0 && (
        <ul className="-mx-2 flex flex-col">
          {deployments.map((deployment) => (
            <li key={deployment.id} className="border-t border-line first:border-t-0">
              <Line deployment={deployment} />
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

function Line({ deployment }: { deployment: Deployment }) {
  const t = useTranslations("dashboard.statuses");
  const kindName = useKindName();
  const format = useFormatter();
  const now = useNow({ updateInterval: 30_000 });
  return (
    <Link
      href={`/deployments/view/?id=${encodeURIComponent(deployment.id)}`}
      className="flex min-h-14 flex-wrap items-center justify-between gap-x-4 gap-y-1 rounded-lg px-2 py-2 hover:bg-sunken"
    >
      <span>
        <span className="block font-medium">{kindName(deployment.kind)}</span>
        <time dateTime={deployment.created_at} className="text-sm text-ink-soft">
          {format.relativeTime(new Date(deployment.created_at), now)}
        </time>
      </span>
      <Badge tone={STATUS_TONES[deployment.status]}>{t(deployment.status)}</Badge>
    </Link>
  );
}
