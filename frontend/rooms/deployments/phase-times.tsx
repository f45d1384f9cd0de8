"use client";
/** The chart of a deployment's phases, opened on demand. It repeats in a picture what the timeline says in words. */
import dynamic from "next/dynamic";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { Card } from "@/components/ui/card";
import { Skeleton } from "@/components/ui/skeleton";
import type { View } from "@/lib/deployments/story";

const PhaseChart = dynamic(() => import("@/rooms/deployments/phase-chart"), {
  ssr: false,
  loading: () => <Skeleton className="h-[442px]" />,
});

export function PhaseTimes({ view, now }: { view: View; now: number }) {
  const t = useTranslations("deployments.chart");
  const [opened, setOpened] = useState(false);
  return (
    <Card>
      <details onToggle={(event) => setOpened(event.currentTarget.open)}>
        <summary className="cursor-pointer text-lg font-semibold">{t("title")}</summary>
        <figure className="mt-4" aria-label={t("title")}>
          <figcaption className="mb-2 text-sm text-ink-soft">{t("text")}</figcaption>
          <div aria-hidden="true">{opened && <PhaseChart view={view} now={now} />}</div>
        </figure>
      </details>
    </Card>
  );
}
