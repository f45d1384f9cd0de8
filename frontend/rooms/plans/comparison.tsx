"use client";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { namesOf, type Plan } from "@/rooms/plans/limits";
import { usePlanTexts } from "@/rooms/plans/use-plan-texts";

/** Every limit and feature of every plan. On a small screen it scrolls inside its frame, the names stay. */
export function Comparison({ plans }: { plans: readonly Plan[] }) {
  const t = useTranslations("plans");
  const say = usePlanTexts();
  return (
    <div className="mt-16">
      <h2 id="comparison" className="text-2xl font-semibold tracking-tight">
        {t("comparison")}
      </h2>
      <section
        aria-labelledby="comparison"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard (axe: scrollable-region-focusable)
        tabIndex={0}
        className="mt-6 overflow-x-auto rounded-xl border border-line"
      >
        <table className="w-full min-w-[46rem] border-collapse bg-raised text-start text-[0.9375rem]">
          <thead>
            <tr className="border-b border-line">
              <td className={FIRST} />
              {plans.map((plan) => (
                <th key={plan.id} scope="col" className="p-4 text-start align-top">
                  <span className="block font-semibold">{plan.name}</span>
                  <span className="block font-normal text-ink-soft">
                    {say.price(plan).amount} {say.price(plan).period}
                  </span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {namesOf(plans, "entitlements").map((name) => (
              <Row key={name} head={say.named("limits", name)} plans={plans}>
                {(plan) => <Limit {...say.cell(plan, name)} />}
              </Row>
            ))}
            <Row head={t("backups.head")} plans={plans}>
              {(plan) => say.backups(plan)}
            </Row>
            {namesOf(plans, "features").map((name) => (
              <Row key={name} head={say.named("features", name)} plans={plans}>
                {(plan) => (plan.features.includes(name) ? t("included") : t("none"))}
              </Row>
            ))}
          </tbody>
        </table>
      </section>
      <p className="mt-3 text-sm text-ink-soft">{t("comparison_note")}</p>
    </div>
  );
}

const FIRST = "sticky start-0 w-36 bg-raised p-4 text-start align-top font-medium sm:w-56";

function Row(props: { head: string; plans: readonly Plan[]; children: (plan: Plan) => ReactNode }) {
  return (
    <tr className="border-b border-line last:border-0">
      <th scope="row" className={FIRST}>
        {props.head}
      </th>
      {props.plans.map((plan) => (
        <td key={plan.id} className="p-4 align-top">
          {props.children(plan)}
        </td>
      ))}
    </tr>
  );
}

function Limit({ value, more }: { value: string; more?: string }) {
  return (
    <>
      <span className="block tabular-nums">{value}</span>
      {more && <span className="block text-sm text-ink-soft">{more}</span>}
    </>
  );
}
