"use client";
/** The questions of a month, day by day: a picture, and the same as a table. */
import dynamic from "next/dynamic";
import { useMemo } from "react";
import { useFormatter, useLocale, useTranslations } from "use-intl";
import { Card } from "@/components/ui/card";
import { Skeleton } from "@/components/ui/skeleton";
import { daysOf } from "@/lib/ai/months";
import type { Use } from "@/lib/ai/types";
import { centsText } from "@/lib/figures";

export type Day = { day: string; queries: number; cents: string };

const DaysChart = dynamic(() => import("@/rooms/ai-use/days-chart"), {
  ssr: false,
  loading: () => <Skeleton className="h-60" />,
});

export function DaysCard({ found, isPresent }: { found: Use; isPresent: boolean }) {
  const t = useTranslations("ai_use.days");
  const days = useMemo(() => filled(found, isPresent), [found, isPresent]);
  return (
    <Card aria-labelledby="days">
      <h2 id="days" className="text-lg font-semibold">
        {t("title")}
      </h2>
      {found.total.queries === 0 ? (
        <p className="py-8 text-center text-ink-soft">{t("none")}</p>
      ) : (
        <>
          <div aria-hidden="true" className="mt-4">
            <DaysChart days={days} />
          </div>
          <details className="mt-2">
            <summary className="cursor-pointer py-1 text-sm font-medium text-accent">{t("table")}</summary>
            <Table days={days.filter(({ queries }) => queries > 0)} />
          </details>
        </>
      )}
    </Card>
  );
}

function Table({ days }: { days: readonly Day[] }) {
  const t = useTranslations("ai_use.days");
  const format = useFormatter();
  const locale = useLocale();
  return (
    <table className="mt-2 w-full max-w-md text-sm tabular-nums">
      <thead className="text-ink-soft">
        <tr>
          <th scope="col" className="py-1.5 text-start font-medium">
            {t("day")}
          </th>
          <th scope="col" className="py-1.5 text-end font-medium">
            {t("queries")}
          </th>
          <th scope="col" className="py-1.5 text-end font-medium">
            {t("price")}
          </th>
        </tr>
      </thead>
      <tbody className="divide-y divide-line">
        {days.map(({ day, queries, cents }) => (
          <tr key={day}>
            <th scope="row" className="py-1.5 text-start font-normal">
              {format.dateTime(new Date(`${day}T00:00:00Z`), { dateStyle: "medium", timeZone: "UTC" })}
            </th>
            <td className="py-1.5 text-end">{format.number(queries)}</td>
            <td className="py-1.5 text-end">{centsText(cents, locale)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Also the days without a question; of the present month, those that have come: business time may be ahead of ours. */
function filled({ month, days }: Use, isPresent: boolean): Day[] {
  const known = new Map(days.map((each) => [each.day, each]));
  const today = new Date().toISOString().slice(0, 10);
  const last = [today, ...known.keys()].sort().at(-1);
  return (isPresent ? daysOf(month, last) : daysOf(month)).map((day) => ({
    day,
    queries: known.get(day)?.queries ?? 0,
    cents: known.get(day)?.cents ?? "0",
  }));
}
