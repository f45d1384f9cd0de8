"use client";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import { Badge } from "@/components/ui/badge";
import { Button, ButtonLink } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import { plans, subscription } from "@/lib/api/queries";
import { useProblemText } from "@/lib/api/use-problem-text";
import { useVisitorStatus } from "@/lib/session/use-session";
import { Comparison } from "@/rooms/plans/comparison";
import type { Plan } from "@/rooms/plans/limits";
import { PLAN_GRID, PlanCard, PlanCardSkeletons } from "@/rooms/plans/plan-card";
import { useCheckout } from "@/rooms/plans/use-checkout";

/** Stripe's words for a subscription that is over: another plan can be bought. */
const ENDED: ReadonlySet<string> = new Set(["canceled", "incomplete_expired"]);

/** All plans with what this reader can do with each. */
export function PlanChoice() {
  const t = useTranslations("plans");
  const { data, error, refetch } = useQuery(plans);
  const standing = useStanding();
  const checkout = useCheckout();
  const own = data?.items.find((plan) => plan.id === standing.plan);
  return (
    <>
      <h2 className="sr-only">{t("all")}</h2>
      <div className="mt-6 mb-6">{own && <Subscribed plan={own} />}</div>
      {data ? (
        <div className={PLAN_GRID}>
          {data.items.map((plan) => (
            <PlanCard
              key={plan.id}
              plan={plan}
              mark={plan === own && <YourPlan />}
              action={<Choice plan={plan} standing={standing} checkout={checkout} />}
            />
          ))}
        </div>
      ) : error ? (
        <NoPlans error={error} retry={refetch} />
      ) : (
        <PlanCardSkeletons />
      )}
      {data && <Comparison plans={data.items} />}
    </>
  );
}

type Standing = { isVisitor: boolean; isKnown: boolean; plan: string | undefined };

/** Who reads: a visitor, somebody in a trial, or a subscriber of `plan`. `isKnown` once that is certain. */
function useStanding(): Standing {
  const status = useVisitorStatus();
  const found = useQuery({ ...subscription, enabled: status === "signed-in" });
  const isVisitor = status === "signed-out";
  return {
    isVisitor,
    isKnown: isVisitor || !found.isPending,
    plan: found.data && !ENDED.has(found.data.status) ? found.data.plan : undefined,
  };
}

type ChoiceProps = { plan: Plan; standing: Standing; checkout: ReturnType<typeof useCheckout> };

function Choice({ plan, standing, checkout }: ChoiceProps) {
  const t = useTranslations("plans");
  const { textOf } = useProblemText();
  if (standing.isVisitor)
    return (
      <ButtonLink
        className="w-full"
        href={plan.purchasable ? `/signup/?plan=${encodeURIComponent(plan.id)}` : "/signup/"}
        tone={plan.purchasable ? "secondary" : "primary"}
      >
        {plan.purchasable ? t("try_first", { plan: plan.name }) : t("start")}
      </ButtonLink>
    );
  if (!plan.purchasable || standing.plan) return null;
  const problem = checkout.plan === plan.id && checkout.error ? textOf(checkout.error) : undefined;
  return (
    <div className="flex flex-col gap-3">
      {problem && <Notice live tone="bad" title={problem} />}
      <Button
        className="w-full"
        busy={checkout.plan === plan.id && checkout.isBusy}
        disabled={checkout.isBusy || !standing.isKnown}
        onClick={() => checkout.start(plan.id)}
      >
        {t("choose", { plan: plan.name })}
      </Button>
    </div>
  );
}

function Subscribed({ plan }: { plan: Plan }) {
  const t = useTranslations("plans.subscribed");
  return (
    <Notice
      tone="accent"
      title={t("title", { plan: plan.name })}
      actions={
        <ButtonLink href="/billing/" tone="secondary" size="sm">
          {t("action")}
        </ButtonLink>
      }
    >
      {t("text")}
    </Notice>
  );
}

function YourPlan() {
  const t = useTranslations("plans");
  return <Badge tone="accent">{t("yours")}</Badge>;
}

function NoPlans({ error, retry }: { error: unknown; retry: () => Promise<unknown> }) {
  const t = useTranslations("plans");
  const { textOf } = useProblemText();
  return (
    <Notice
      live
      tone="warn"
      title={t("no_prices")}
      actions={
        <Button tone="secondary" size="sm" onClick={retry}>
          {t("retry")}
        </Button>
      }
    >
      {textOf(error)}
    </Notice>
  );
}
