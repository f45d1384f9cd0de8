"use client";
/** What assistants and people may use in a day or a month. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useFormatter, useLocale, useTranslations } from "use-intl";
import { RoomProblem } from "@/components/room-problem";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { ConfirmDialog } from "@/components/ui/dialog";
import { Icon } from "@/components/ui/icon";
import { Meter } from "@/components/ui/meter";
import { Skeleton } from "@/components/ui/skeleton";
import { useNames } from "@/components/use-names";
import { assistants, budgets } from "@/lib/ai/queries";
import type { Budget } from "@/lib/ai/types";
import { api, data } from "@/lib/api/client";
import { useProblemText } from "@/lib/api/use-problem-text";
import { centsText } from "@/lib/figures";
import { Outcome } from "@/rooms/account/outcome";
import { BudgetForm } from "@/rooms/ai-use/budget-form";

export function BudgetsCard() {
  const t = useTranslations("ai_use.budgets");
  const { textOf } = useProblemText();
  const client = useQueryClient();
  const { data: found, error, refetch } = useQuery(budgets);
  const remove = useMutation({
    mutationFn: (id: string) =>
      data(api.DELETE("/v1/ai-budgets/{budget_id}", { params: { path: { budget_id: id } } })),
    onSettled: () => client.invalidateQueries(budgets),
  });
  return (
    <Card aria-labelledby="budgets" className="flex flex-col gap-4">
      <div className="flex flex-wrap items-start justify-between gap-3">
        <div className="min-w-0 flex-1 basis-72">
          <h2 id="budgets" className="text-lg font-semibold">
            {t("title")}
          </h2>
          <p className="mt-1 text-sm text-ink-soft">{t("text")}</p>
        </div>
        <BudgetForm
          title={t("new")}
          trigger={
            <Button tone="secondary" size="sm">
              <Icon name="plus" className="size-4" />
              {t("add")}
            </Button>
          }
        />
      </div>
      {found?.length === 0 && <p className="text-ink-soft">{t("none")}</p>}
      {found && found.length > 0 && (
        <ul aria-label={t("label")} className="flex flex-col divide-y divide-line border-t border-line">
          {found.map((budget) => (
            <Row
              key={budget.id}
              budget={budget}
              onDelete={() => remove.mutateAsync(budget.id).catch(() => undefined)}
            />
          ))}
        </ul>
      )}
      {!found && (error ? <RoomProblem error={error} onRetry={refetch} /> : <Skeleton className="h-24" />)}
      <Outcome failed={remove.error ? textOf(remove.error) : undefined} />
    </Card>
  );
}

function Row({ budget, onDelete }: { budget: Budget; onDelete: () => Promise<unknown> }) {
  const t = useTranslations("ai_use.budgets");
  const common = useTranslations("common");
  const format = useFormatter();
  const name = useBudgetName()(budget);
  const date = format.dateTime(new Date(budget.renews_at), { dateStyle: "medium", timeStyle: "short" });
  return (
    <li className="flex flex-wrap items-center justify-between gap-x-6 gap-y-3 py-4">
      <div className="flex min-w-0 flex-1 basis-72 flex-col gap-2">
        <p className="flex min-w-0 items-center gap-2 font-medium">
          <Icon name={budget.assistant_id === null ? "user" : "sparkle"} className="text-ink-soft" />
          <span className="min-w-0 wrap-anywhere">{name}</span>
        </p>
        <Used budget={budget} name={name} />
        <p className="text-sm text-ink-soft">
          {t("renews", { date })} {budget.held_queries > 0 && t("held", { count: budget.held_queries })}
        </p>
      </div>
      <div className="flex gap-2">
        <BudgetForm
          title={t("edit")}
          budget={budget}
          trigger={
            <Button tone="secondary" size="sm" aria-label={t("edit_label", { name })}>
              <Icon name="edit" className="size-4" />
            </Button>
          }
        />
        <ConfirmDialog
          trigger={
            <Button tone="secondary" size="sm" aria-label={t("delete_label", { name })}>
              <Icon name="trash" className="size-4" />
            </Button>
          }
          title={t("delete_title", { name })}
          confirm={t("delete")}
          dismiss={common("cancel")}
          onConfirm={onDelete}
        >
          {t("delete_text")}
        </ConfirmDialog>
      </div>
    </li>
  );
}

function Used({ budget, name }: { budget: Budget; name: string }) {
  const t = useTranslations("ai_use.budgets");
  const format = useFormatter();
  const locale = useLocale();
  const { period, most_queries, most_cents, used_queries, used_cents } = budget;
  const lines = [
    most_queries !== null && {
      label: t("queries_label", { name }),
      value: used_queries,
      max: most_queries,
      text: t("queries", {
        used: format.number(used_queries),
        most: format.number(most_queries),
        period: t(`periods.${period}`),
      }),
    },
    most_cents !== null && {
      label: t("cents_label", { name }),
      value: Number(used_cents),
      max: most_cents,
      text: t("cents", {
        used: centsText(used_cents, locale),
        most: centsText(most_cents, locale),
        period: t(`periods.${period}`),
      }),
    },
  ].filter((each) => each !== false);
  return lines.map(({ label, value, max, text }) => (
    <div key={label} className="flex max-w-sm flex-col gap-1">
      <p className="text-sm tabular-nums">{text}</p>
      <Meter label={label} text={text} value={value} max={max} />
    </div>
  ));
}

function useBudgetName(): (budget: Budget) => string {
  const t = useTranslations("ai_use.assistants");
  const { nameOf } = useNames();
  const { data: known = [] } = useQuery(assistants);
  return ({ assistant_id, user_id }) =>
    user_id === null ? (known.find(({ id }) => id === assistant_id)?.name ?? t("gone")) : nameOf(user_id);
}
