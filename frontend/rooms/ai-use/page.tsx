"use client";
/** What assistants were used for in a month, and the budgets of it. */
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useFormatter, useLocale, useTranslations } from "use-intl";
import { Forbidden } from "@/components/forbidden";
import { RoomProblem } from "@/components/room-problem";
import { Card } from "@/components/ui/card";
import { Icon } from "@/components/ui/icon";
import { iconButtonClasses } from "@/components/ui/icon-button";
import { Skeleton } from "@/components/ui/skeleton";
import { useNames } from "@/components/use-names";
import { monthOf, monthsFrom } from "@/lib/ai/months";
import { assistants, use } from "@/lib/ai/queries";
import { useRights } from "@/lib/ai/rights";
import type { Use } from "@/lib/ai/types";
import { centsText } from "@/lib/figures";
import { BudgetsCard } from "@/rooms/ai-use/budgets-card";
import { DaysCard } from "@/rooms/ai-use/days-card";
import { ShareCard } from "@/rooms/ai-use/share-card";

export function AiUseRoom() {
  const t = useTranslations("ai_use");
  const rights = useRights();
  if (rights && !rights.mayManage) return <Forbidden />;
  return (
    <div className="flex flex-col gap-6">
      <div>
        <h1 className="text-3xl font-semibold tracking-tight">{t("title")}</h1>
        <p className="mt-1 text-ink-soft">{t("description")}</p>
      </div>
      {rights ? (
        <>
          <Used />
          <BudgetsCard />
        </>
      ) : (
        <Waiting />
      )}
    </div>
  );
}

/** The present month is the API's: business time may be ahead of this machine's. */
function Used() {
  const [chosen, setChosen] = useState<string>();
  const { data: now } = useQuery(use(undefined));
  const { data: found, error, refetch } = useQuery(use(chosen));
  const present = now?.month ?? monthOf(Date.now());
  const month = chosen ?? present;
  return (
    <>
      <Month month={month} present={present} onChange={setChosen} />
      {found ? (
        <Shown found={found} present={present} />
      ) : error ? (
        <RoomProblem error={error} onRetry={refetch} />
      ) : (
        <Waiting />
      )}
    </>
  );
}

type MonthProps = { month: string; present: string; onChange: (month: string) => void };

function Month({ month, present, onChange }: MonthProps) {
  const t = useTranslations("ai_use.month");
  const format = useFormatter();
  const name = format.dateTime(new Date(`${month}-01T00:00:00Z`), {
    month: "long",
    year: "numeric",
    timeZone: "UTC",
  });
  return (
    <fieldset className="flex items-center gap-1">
      <legend className="sr-only">{t("label")}</legend>
      <button
        type="button"
        aria-label={t("before")}
        title={t("before")}
        className={iconButtonClasses()}
        onClick={() => onChange(monthsFrom(month, -1))}
      >
        <Icon name="back" className="rtl:-scale-x-100" />
      </button>
      <p role="status" className="min-w-40 text-center font-semibold">
        {name}
      </p>
      <button
        type="button"
        aria-label={t("after")}
        title={t("after")}
        disabled={month >= present}
        className={iconButtonClasses()}
        onClick={() => onChange(monthsFrom(month, 1))}
      >
        <Icon name="back" className="-scale-x-100 rtl:scale-x-100" />
      </button>
    </fieldset>
  );
}

function Shown({ found, present }: { found: Use; present: string }) {
  const t = useTranslations("ai_use");
  const { nameOf } = useNames();
  const { data: known = [] } = useQuery(assistants);
  return (
    <>
      <Total total={found.total} />
      <DaysCard found={found} isPresent={found.month === present} />
      <div className="grid items-start gap-6 lg:grid-cols-2">
        <ShareCard
          title={t("assistants.title")}
          head={t("assistants.name")}
          rows={found.assistants.map((each) => ({
            ...each,
            id: each.assistant_id,
            name: known.find(({ id }) => id === each.assistant_id)?.name ?? t("assistants.gone"),
          }))}
        />
        <ShareCard
          title={t("people.title")}
          head={t("people.name")}
          {...(found.people.length >= 100 && { note: t("people.most") })}
          rows={found.people.map((each) => ({
            ...each,
            id: each.user_id ?? "visitors",
            name: each.user_id === null ? t("people.visitors") : nameOf(each.user_id),
          }))}
        />
      </div>
    </>
  );
}

function Total({ total }: { total: Use["total"] }) {
  const t = useTranslations("ai_use.total");
  const format = useFormatter();
  const locale = useLocale();
  const read = total.input_tokens + total.cache_read_tokens;
  const figures = {
    queries: format.number(total.queries),
    price: centsText(total.cents, locale),
    read: format.number(read, { notation: "compact" }),
    written: format.number(total.output_tokens, { notation: "compact" }),
  };
  const share = format.number(read === 0 ? 0 : total.cache_read_tokens / read, { style: "percent" });
  return (
    <Card aria-label={t("label")}>
      <dl className="grid grid-cols-2 gap-4 lg:grid-cols-4">
        {(Object.keys(figures) as (keyof typeof figures)[]).map((name) => (
          <div key={name}>
            <dt className="text-sm text-ink-soft">{t(name)}</dt>
            <dd className="text-2xl font-semibold tracking-tight tabular-nums">{figures[name]}</dd>
          </div>
        ))}
      </dl>
      <p className="mt-4 text-sm text-ink-soft">
        {total.cache_read_tokens > 0 && `${t("cached", { share })} `}
        {t("utc")}
      </p>
    </Card>
  );
}

function Waiting() {
  return (
    <>
      <Skeleton className="h-36 rounded-xl" />
      <Skeleton className="h-80 rounded-xl" />
    </>
  );
}
