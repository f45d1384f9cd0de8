"use client";
/** What an assistant was told before: compared in words, and taken up again. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useFormatter, useTranslations } from "use-intl";
import { RoomProblem } from "@/components/room-problem";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { SelectField } from "@/components/ui/select-field";
import { Skeleton } from "@/components/ui/skeleton";
import { useNames } from "@/components/use-names";
import { changedFields } from "@/lib/ai/compare";
import { assistants, assistant as one, versions } from "@/lib/ai/queries";
import type { Assistant, Version } from "@/lib/ai/types";
import { api, data } from "@/lib/api/client";
import { useProblemText } from "@/lib/api/use-problem-text";
import { Outcome } from "@/rooms/account/outcome";
import { Differences } from "@/rooms/assistants/differences";

export function Versions({ assistant }: { assistant: Assistant }) {
  const { data: all, error, refetch } = useQuery(versions(assistant.id));
  if (!all) {
    return error ? <RoomProblem error={error} onRetry={refetch} /> : <Skeleton className="h-72 rounded-xl" />;
  }
  return (
    <div className="grid items-start gap-6 lg:grid-cols-2">
      <List assistant={assistant} all={all} />
      <Compare assistant={assistant} all={all} />
    </div>
  );
}

type Props = { assistant: Assistant; all: readonly Version[] };

function List({ assistant, all }: Props) {
  const t = useTranslations("assistants.versions");
  const { textOf } = useProblemText();
  const client = useQueryClient();
  const takeUp = useMutation({
    mutationFn: (number: number) =>
      data(
        api.POST("/v1/assistants/{assistant_id}/versions/{number}/take-up", {
          params: { path: { assistant_id: assistant.id, number } },
        }),
      ),
    onSuccess: (changed) => {
      client.setQueryData(one(assistant.id).queryKey, changed);
      return client.invalidateQueries({ queryKey: assistants.queryKey, exact: true });
    },
  });
  return (
    <Card aria-labelledby="versions" className="flex flex-col gap-4">
      <div>
        <h2 id="versions" className="text-lg font-semibold">
          {t("title")}
        </h2>
        <p className="mt-1 text-sm text-ink-soft">{t("description")}</p>
      </div>
      <Outcome
        done={takeUp.isSuccess ? t("taken_up", { number: takeUp.variables }) : undefined}
        failed={takeUp.error ? textOf(takeUp.error) : undefined}
      />
      <ol aria-label={t("label")} className="flex flex-col divide-y divide-line border-t border-line">
        {all.map((version, index) => (
          <Row
            key={version.number}
            version={version}
            before={all[index + 1]}
            isCurrent={version.number === assistant.current.number}
            isBusy={takeUp.isPending && takeUp.variables === version.number}
            onTakeUp={() => takeUp.mutate(version.number)}
          />
        ))}
      </ol>
    </Card>
  );
}

type RowProps = {
  version: Version;
  before: Version | undefined;
  isCurrent: boolean;
  isBusy: boolean;
  onTakeUp: () => void;
};

function Row({ version, before, isCurrent, isBusy, onTakeUp }: RowProps) {
  const t = useTranslations("assistants.versions");
  const format = useFormatter();
  const { nameOf } = useNames();
  const { number, author_id, created_at } = version;
  const date = format.dateTime(new Date(created_at), { dateStyle: "medium", timeStyle: "short" });
  const changed = before && changedFields(before, version);
  return (
    <li className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 py-3">
      <div className="min-w-0 flex-1 basis-56">
        <p className="flex flex-wrap items-center gap-2 font-medium">
          {t("number", { number })}
          {isCurrent && <Badge tone="good">{t("current")}</Badge>}
        </p>
        <p className="text-sm text-ink-soft">{t("by", { name: nameOf(author_id), date })}</p>
        <p className="text-sm">
          {changed === undefined
            ? t("first")
            : changed.length === 0
              ? t("same")
              : t("changed", { fields: format.list(changed.map((field) => t(`fields.${field}`))) })}
        </p>
      </div>
      {!isCurrent && (
        <Button
          tone="secondary"
          size="sm"
          busy={isBusy}
          aria-label={t("take_up_label", { number })}
          onClick={onTakeUp}
        >
          {t("take_up")}
        </Button>
      )}
    </li>
  );
}

function Compare({ assistant, all }: Props) {
  const t = useTranslations("assistants.versions");
  const numbers = all.map(({ number }) => number);
  const [young, setYoung] = useState(assistant.current.number);
  const [old, setOld] = useState(numbers.find((number) => number !== young) ?? young);
  const [before, after] = [old, young].map((wanted) => all.find(({ number }) => number === wanted));
  return (
    <Card aria-labelledby="compare" className="flex flex-col gap-4">
      <h2 id="compare" className="text-lg font-semibold">
        {t("compare")}
      </h2>
      {all.length < 2 ? (
        <p className="text-ink-soft">{t("only_one")}</p>
      ) : (
        <>
          <div className="grid grid-cols-2 gap-3">
            <Choice label={t("before")} numbers={numbers} value={old} onChange={setOld} />
            <Choice label={t("after")} numbers={numbers} value={young} onChange={setYoung} />
          </div>
          {before && after && <Differences before={before} after={after} />}
        </>
      )}
    </Card>
  );
}

type ChoiceProps = {
  label: string;
  numbers: readonly number[];
  value: number;
  onChange: (number: number) => void;
};

function Choice({ label, numbers, value, onChange }: ChoiceProps) {
  const t = useTranslations("assistants.versions");
  return (
    <SelectField label={label} value={value} onChange={(event) => onChange(Number(event.target.value))}>
      {numbers.map((number) => (
        <option key={number} value={number}>
          {t("number", { number })}
        </option>
      ))}
    </SelectField>
  );
}
