"use client";
/** Where the time went: what each phase took, beside what it usually takes. Fetched only when it is shown. */
import { Bar, BarChart, CartesianGrid, Legend, ResponsiveContainer, Tooltip, XAxis, YAxis } from "recharts";
import { useTranslations } from "use-intl";
import type { View } from "@/lib/deployments/story";
import { phaseSeconds } from "@/lib/deployments/timing";
import { useWords } from "@/rooms/deployments/words";

const ROW_PX = 44;
const FRAME_PX = 90;
const TEXT = { fill: "var(--ink-soft)", fontSize: 13 };

export default function PhaseChart({ view, now }: { view: View; now: number }) {
  const t = useTranslations("deployments.chart");
  const words = useWords();
  const rows = view.phases.map((phase) => ({
    name: words.phase(phase.name),
    took: Math.round((phaseSeconds(phase, now) ?? 0) * 10) / 10,
    usual: phase.expected_seconds,
  }));
  return (
    <ResponsiveContainer width="100%" height={rows.length * ROW_PX + FRAME_PX}>
      <BarChart
        data={rows}
        layout="vertical"
        barGap={2}
        accessibilityLayer={false}
        margin={{ top: 8, right: 16, bottom: 0, left: 0 }}
      >
        <CartesianGrid horizontal={false} stroke="var(--line)" />
        <XAxis type="number" unit=" s" tick={TEXT} stroke="var(--line-strong)" allowDecimals={false} />
        <YAxis type="category" dataKey="name" width={130} tick={TEXT} stroke="var(--line-strong)" />
        <Tooltip
          cursor={{ fill: "var(--sunken)" }}
          formatter={(value) => `${value} s`}
          contentStyle={{ background: "var(--raised)", borderColor: "var(--line)", color: "var(--ink)" }}
        />
        <Legend wrapperStyle={{ color: "var(--ink-soft)" }} />
        <Bar dataKey="took" name={t("took")} fill="var(--accent)" radius={3} isAnimationActive={false} />
        <Bar
          dataKey="usual"
          name={t("usual")}
          fill="var(--line-strong)"
          radius={3}
          isAnimationActive={false}
        />
      </BarChart>
    </ResponsiveContainer>
  );
}
