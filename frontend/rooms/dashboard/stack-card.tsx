"use client";
/** The stack: how it is, its apps, and how much of the plan it uses. */
import { useTranslations } from "use-intl";
import { Badge, type Tone } from "@/components/ui/badge";
import { Card } from "@/components/ui/card";
import type { Schemas } from "@/lib/api/client";
import { AppCard } from "@/rooms/dashboard/app-card";
import { APPS } from "@/rooms/dashboard/app-names";
import { StackFigures } from "@/rooms/dashboard/stack-figures";
import { type Dashboard, isSuspended, planInForce } from "@/rooms/dashboard/standing";
import { MissingPart } from "@/rooms/dashboard/unavailable";

type Stack = Schemas["StackSummary"];
const TONES: Record<Stack["status"], Tone> = {
  queued: "neutral",
  provisioning: "accent",
  healthy: "good",
  degraded: "warn",
  unreachable: "warn",
  error: "bad",
};

export function StackCard({ dashboard }: { dashboard: Dashboard }) {
  const t = useTranslations("dashboard.stack");
  const { stack } = dashboard;
  const isMissing = dashboard.unavailable.includes("stack");
  const suspended = isSuspended(dashboard);
  return (
    <Card aria-labelledby="stack" className="flex flex-col gap-5">
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
        <h2 id="stack" className="text-lg font-semibold">
          {t("title")}
        </h2>
        {stack && (
          <Badge tone={suspended ? "bad" : TONES[stack.status]}>
            {suspended ? t("suspended") : t(`statuses.${stack.status}`)}
          </Badge>
        )}
      </div>
      {isMissing && <MissingPart />}
      {!stack && !isMissing && <p className="text-ink-soft">{t("none")}</p>}
      {stack && (
        <>
          <Apps apps={stack.apps} isOff={suspended} />
          <StackFigures stack={stack} plan={planInForce(dashboard)} />
        </>
      )}
    </Card>
  );
}

/** The known apps have their place before they are there; others follow. */
function Apps({ apps, isOff }: { apps: Stack["apps"]; isOff: boolean }) {
  const known: readonly string[] = APPS;
  const names = [...known, ...Object.keys(apps).filter((name) => !known.includes(name))];
  return (
    <ul className="grid gap-3 sm:grid-cols-2 lg:grid-cols-5">
      {names.map((name) => (
        <li key={name}>
          <AppCard name={name} app={apps[name]} isOff={isOff} />
        </li>
      ))}
    </ul>
  );
}
