"use client";
/** Fetched only when it is shown. */
import { Bar, BarChart, CartesianGrid, ResponsiveContainer, Tooltip, XAxis, YAxis } from "recharts";
import { useFormatter, useLocale, useTranslations } from "use-intl";
import { centsText } from "@/lib/figures";
import type { Day } from "@/rooms/ai-use/days-card";

const HEIGHT_PX = 240;
const TEXT = { fill: "var(--ink-soft)", fontSize: 13 };

export default function DaysChart({ days }: { days: readonly Day[] }) {
  const t = useTranslations("ai_use.days");
  const format = useFormatter();
  const locale = useLocale();
  const moment = (day: string) => new Date(`${day}T00:00:00Z`);
  const rows = days.map((each) => ({ ...each, price: centsText(each.cents, locale) }));
  return (
    <ResponsiveContainer width="100%" height={HEIGHT_PX}>
      <BarChart data={rows} accessibilityLayer={false} margin={{ top: 8, right: 8, bottom: 0, left: 0 }}>
        <CartesianGrid vertical={false} stroke="var(--line)" />
        <XAxis
          dataKey="day"
          tick={TEXT}
          stroke="var(--line-strong)"
          minTickGap={24}
          tickFormatter={(day) =>
            format.dateTime(moment(day), { day: "numeric", month: "short", timeZone: "UTC" })
          }
        />
        <YAxis tick={TEXT} stroke="var(--line-strong)" allowDecimals={false} width={44} />
        <Tooltip
          cursor={{ fill: "var(--sunken)" }}
          labelFormatter={(day) =>
            format.dateTime(moment(String(day)), { dateStyle: "medium", timeZone: "UTC" })
          }
          formatter={(queries, _, { payload }) => [
            `${format.number(Number(queries))} · ${payload.price}`,
            t("queries"),
          ]}
          contentStyle={{ background: "var(--raised)", borderColor: "var(--line)", color: "var(--ink)" }}
        />
        <Bar dataKey="queries" fill="var(--accent)" radius={3} maxBarSize={40} isAnimationActive={false} />
      </BarChart>
    </ResponsiveContainer>
  );
}
