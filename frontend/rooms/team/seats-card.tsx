"use client";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import { Card } from "@/components/ui/card";
import { Meter } from "@/components/ui/meter";
import { Skeleton } from "@/components/ui/skeleton";
import { seats } from "@/lib/team/queries";

/** How much of the plan's places is taken. Where billing does not answer it says nothing: the room works without. */
export function SeatsCard() {
  const t = useTranslations("team.seats");
  const { data, isPending } = useQuery(seats);
  if (isPending) return <Skeleton className="h-32 rounded-xl" />;
  if (!data) return null;
  const used = data.members + data.invitations;
  const text = data.limit === null ? t("unlimited", { used }) : t("of", { used, limit: data.limit });
  return (
    <Card aria-labelledby="seats" className="flex flex-col gap-3">
      <h2 id="seats" className="text-lg font-semibold">
        {t("label")}
      </h2>
      <p className="font-medium tabular-nums">{text}</p>
      {data.limit !== null && <Meter label={t("label")} text={text} value={used} max={data.limit} />}
      <p className="text-sm text-ink-soft">{t("text")}</p>
    </Card>
  );
}
