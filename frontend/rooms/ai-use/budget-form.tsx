"use client";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type ReactElement, useState } from "react";
import { useTranslations } from "use-intl";
import { Button } from "@/components/ui/button";
import { Modal } from "@/components/ui/modal";
import { SelectField } from "@/components/ui/select-field";
import { TextField } from "@/components/ui/text-field";
import { useNames } from "@/components/use-names";
import { type BudgetValues, bodyOf, type Fault, valuesOf } from "@/lib/ai/budgets";
import { assistants, budgets } from "@/lib/ai/queries";
import type { Budget } from "@/lib/ai/types";
import { api, data, type Schemas } from "@/lib/api/client";
import { useProblemText } from "@/lib/api/use-problem-text";
import { Outcome } from "@/rooms/account/outcome";

const PERIODS = ["day", "month"] as const;

type Props = { title: string; budget?: Budget; trigger: ReactElement };

/** Sets a budget, or changes the limits of one. */
export function BudgetForm({ title, budget, trigger }: Props) {
  const [isOpen, setOpen] = useState(false);
  return (
    <Modal isOpen={isOpen} onOpenChange={setOpen} title={title} trigger={trigger}>
      <Form {...(budget && { budget })} onDone={() => setOpen(false)} />
    </Modal>
  );
}

function Form({ budget, onDone }: { budget?: Budget; onDone: () => void }) {
  const t = useTranslations("ai_use.form");
  const { textOf } = useProblemText();
  const client = useQueryClient();
  const { people } = useNames();
  const { data: known = [] } = useQuery(assistants);
  const first = known[0] ? `assistant:${known[0].id}` : `user:${people[0]?.user_id}`;
  const [values, setValues] = useState<Partial<BudgetValues>>(budget ? valuesOf(budget) : {});
  const [fault, setFault] = useState<Fault>();
  const shown: BudgetValues = { whose: first, period: "month", queries: "", dollars: "", ...values };
  const save = useMutation({
    mutationFn: (body: Schemas["NewBudget"]) => data(api.PUT("/v1/ai-budgets", { body })),
    onSuccess: async () => {
      await client.invalidateQueries(budgets);
      onDone();
    },
  });
  const change = (news: Partial<BudgetValues>) => {
    setFault(undefined);
    setValues({ ...values, ...news });
  };
  const submit = () => {
    const body = bodyOf(shown);
    if (typeof body === "string") setFault(body);
    else save.mutate(body);
  };
  return (
    <form
      noValidate
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <div className="grid gap-4 sm:grid-cols-[minmax(0,1fr)_9rem]">
        <SelectField
          label={t("for")}
          value={shown.whose}
          disabled={budget !== undefined}
          onChange={(event) => change({ whose: event.target.value })}
        >
          <optgroup label={t("assistants")}>
            {known.map(({ id, name }) => (
              <option key={id} value={`assistant:${id}`}>
                {name}
              </option>
            ))}
          </optgroup>
          <optgroup label={t("people")}>
            {people.map(({ user_id, full_name }) => (
              <option key={user_id} value={`user:${user_id}`}>
                {full_name}
              </option>
            ))}
          </optgroup>
        </SelectField>
        <SelectField
          label={t("period")}
          value={shown.period}
          disabled={budget !== undefined}
          onChange={(event) => change({ period: event.target.value as Budget["period"] })}
        >
          {PERIODS.map((period) => (
            <option key={period} value={period}>
              {t(`periods.${period}`)}
            </option>
          ))}
        </SelectField>
      </div>
      <TextField
        label={t("queries")}
        hint={t("optional")}
        inputMode="numeric"
        value={shown.queries}
        error={fault === "number_fault" || fault === "one_fault" ? t(fault) : undefined}
        onChange={(event) => change({ queries: event.target.value })}
      />
      <TextField
        label={t("price")}
        hint={t("optional")}
        inputMode="decimal"
        value={shown.dollars}
        error={fault === "price_fault" ? t(fault) : undefined}
        onChange={(event) => change({ dollars: event.target.value })}
      />
      <Outcome failed={save.error ? textOf(save.error) : undefined} />
      <div>
        <Button type="submit" busy={save.isPending}>
          {t("save")}
        </Button>
      </div>
    </form>
  );
}
