"use client";
/** The plan in force, how its payment stands, and what it holds. */
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import { RoomProblem } from "@/components/room-problem";
import { Notice } from "@/components/ui/notice";
import { Skeleton } from "@/components/ui/skeleton";
import type { Schemas } from "@/lib/api/client";
import { dashboard, me, plans } from "@/lib/api/queries";
import { LimitsCard } from "@/rooms/billing/limits-card";
import { PaymentCard } from "@/rooms/billing/payment-card";
import { PlanCard } from "@/rooms/billing/plan-card";
import { type Dashboard, planInForce } from "@/rooms/dashboard/standing";

const QUIET_MS = 15_000;
const PARTIAL_MS = 5_000;

export function BillingRoom() {
  const t = useTranslations("billing");
  const standing = useQuery({
    ...dashboard,
    refetchInterval: ({ state }) => (state.data?.unavailable.length === 0 ? QUIET_MS : PARTIAL_MS),
  });
  const catalogue = useQuery(plans);
  const who = useQuery(me);
  const error = standing.error ?? catalogue.error ?? who.error;
  const isComplete = standing.data && catalogue.data && who.data;
  if (!isComplete && error) {
    const again = () => Promise.all([standing.refetch(), catalogue.refetch(), who.refetch()]);
    return <RoomProblem error={error} onRetry={again} />;
  }
  return (
    <div className="flex flex-col gap-6">
      <h1 className="text-3xl font-semibold tracking-tight">{t("title")}</h1>
      {isComplete ? (
        <Content
          dashboard={standing.data}
          plans={catalogue.data.items}
          mayManage={who.data.permissions.includes("billing:manage")}
        />
      ) : (
        <Waiting />
      )}
    </div>
  );
}

type ContentProps = { dashboard: Dashboard; plans: Schemas["PlanAnswer"][]; mayManage: boolean };

function Content({ dashboard, plans, mayManage }: ContentProps) {
  const t = useTranslations("billing");
  if (dashboard.unavailable.includes("subscription"))
    return <Notice live tone="warn" title={t("unavailable")} />;
  const inForce = planInForce(dashboard) ?? dashboard.subscription?.plan;
  const plan = plans.find(({ id }) => id === inForce);
  return (
    <>
      <div className="grid gap-6 lg:grid-cols-2">
        <PlanCard dashboard={dashboard} plan={plan} mayManage={mayManage} />
        <PaymentCard dashboard={dashboard} />
      </div>
      {plan && <LimitsCard plan={plan} stack={dashboard.stack} />}
    </>
  );
}

function Waiting() {
  return (
    <>
      <div className="grid gap-6 lg:grid-cols-2">
        <Skeleton className="h-60 rounded-xl" />
        <Skeleton className="h-60 rounded-xl" />
      </div>
      <Skeleton className="h-[30rem] rounded-xl" />
    </>
  );
}
