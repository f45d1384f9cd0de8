"use client";
/** The first room: what needs attention, then the stack, the plan and what was built. */
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import { RoomProblem } from "@/components/room-problem";
import { dashboard } from "@/lib/api/queries";
import { AttentionList } from "@/rooms/dashboard/attention-list";
import { PlanCard } from "@/rooms/dashboard/plan-card";
import { RecentDeployments } from "@/rooms/dashboard/recent-deployments";
import { RunningDeployment } from "@/rooms/dashboard/running-deployment";
import { DashboardSkeleton } from "@/rooms/dashboard/skeleton";
import { StackCard } from "@/rooms/dashboard/stack-card";
import { type Dashboard, runningOf } from "@/rooms/dashboard/standing";
import { Unavailable } from "@/rooms/dashboard/unavailable";

const RUNNING_MS = 3_000;
const PARTIAL_MS = 5_000;
const QUIET_MS = 15_000;

function nextLook(data: Dashboard | undefined): number {
  if (!data) return PARTIAL_MS;
  if (runningOf(data)) return RUNNING_MS;
  return data.unavailable.length > 0 ? PARTIAL_MS : QUIET_MS;
}

export function DashboardRoom() {
  const t = useTranslations("dashboard");
  const { data, error, refetch } = useQuery({
    ...dashboard,
    refetchInterval: ({ state }) => nextLook(state.data),
  });
  if (!data && error) return <RoomProblem error={error} onRetry={refetch} />;
  return (
    <div className="flex flex-col gap-6">
      <header>
        <h1 className="text-3xl font-semibold tracking-tight">{t("title")}</h1>
        <p className="mt-1 min-h-6 text-ink-soft">{data?.tenant?.name}</p>
      </header>
      {data ? <Content dashboard={data} onAskAgain={refetch} /> : <DashboardSkeleton />}
    </div>
  );
}

function Content({ dashboard, onAskAgain }: { dashboard: Dashboard; onAskAgain: () => Promise<unknown> }) {
  const running = runningOf(dashboard);
  return (
    <>
      <Unavailable parts={dashboard.unavailable} />
      <AttentionList dashboard={dashboard} onAskAgain={onAskAgain} />
      {running && <RunningDeployment deployment={running} />}
      <StackCard dashboard={dashboard} />
      <div className="grid items-start gap-6 lg:grid-cols-2">
        <PlanCard dashboard={dashboard} />
        <RecentDeployments deployments={dashboard.deployments} />
      </div>
    </>
  );
}
