"use client";
import type { ReactNode } from "react";
import { useId } from "react";
import { classNames } from "@/components/class-names";
import { Skeleton } from "@/components/ui/skeleton";
import { namesOf, type Plan } from "@/rooms/plans/limits";
import { usePlanTexts } from "@/rooms/plans/use-plan-texts";

export const PLAN_GRID = "grid gap-4 sm:grid-cols-2 xl:grid-cols-4";
const CARD = "flex min-h-104 flex-col rounded-xl border bg-raised p-6 shadow-card";
const SKELETONS = ["first", "second", "third", "fourth"] as const;
const LINES = ["users", "storage", "mails", "queries", "domains", "traffic"] as const;

/** A plan at a glance; `action` is what can be done with it, `mark` says that it is one's own. */
export function PlanCard({ plan, action, mark }: { plan: Plan; action: ReactNode; mark?: ReactNode }) {
  const say = usePlanTexts();
  const { amount, period } = say.price(plan);
  const name = useId();
  const phrases = [
    ...namesOf([plan], "entitlements").map((each) => say.phrase(plan, each)),
    plan.backups && say.backups(plan),
  ];
  return (
    <section
      aria-labelledby={name}
      className={classNames(CARD, mark ? "border-accent ring-1 ring-accent" : "border-line")}
    >
      <div className="flex min-h-7 flex-wrap items-center justify-between gap-2">
        <h3 id={name} className="text-lg font-semibold">
          {plan.name}
        </h3>
        {mark}
      </div>
      <p className="mt-2 min-h-10">
        <span className="text-3xl font-semibold tracking-tight tabular-nums">{amount}</span>{" "}
        <span className="text-ink-soft">{period}</span>
      </p>
      <ul className="mt-5 mb-6 flex flex-col gap-2 text-[0.9375rem]">
        {phrases.map(
          (phrase) =>
            phrase && (
              <li key={phrase} className="flex gap-2">
                <Tick />
                {phrase}
              </li>
            ),
        )}
      </ul>
      <div className="mt-auto">{action}</div>
    </section>
  );
}

/** The place of the cards until they are there. */
export function PlanCardSkeletons() {
  return (
    <div className={PLAN_GRID} aria-hidden="true">
      {SKELETONS.map((card) => (
        <div key={card} className={classNames(CARD, "border-line")}>
          <Skeleton className="h-7 w-24" />
          <Skeleton className="mt-2 h-10 w-36" />
          <div className="mt-5 mb-6 flex flex-col gap-2">
            {LINES.map((line) => (
              <Skeleton key={line} className="h-6" />
            ))}
            <Skeleton className="h-6" />
          </div>
          <Skeleton className="mt-auto h-11" />
        </div>
      ))}
    </div>
  );
}

function Tick() {
  return (
    <svg
      aria-hidden="true"
      viewBox="0 0 16 16"
      className="mt-1 size-4 shrink-0 text-good"
      fill="none"
      stroke="currentColor"
      strokeWidth="2"
      strokeLinecap="round"
    >
      <path d="m3.5 8.5 3 3 6-7" />
    </svg>
  );
}
