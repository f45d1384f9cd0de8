"use client";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useFormatter, useTranslations } from "use-intl";
import { RoomProblem } from "@/components/room-problem";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { ProgressBar } from "@/components/ui/progress";
import { SelectField } from "@/components/ui/select-field";
import { Skeleton } from "@/components/ui/skeleton";
import { evaluation, evaluationQuestions, evaluations } from "@/lib/ai/quality-queries";
import { versions } from "@/lib/ai/queries";
import type { Assistant, Run } from "@/lib/ai/types";
import { api, data } from "@/lib/api/client";
import { useProblemText } from "@/lib/api/use-problem-text";
import { Outcome } from "@/rooms/account/outcome";
import { AnswerText } from "@/rooms/ask/answer-text";

const SCORES = ["answers", "sources", "mrr", "honesty"] as const;

/** Asks a version every question of the set; its scores stand beside those of others. */
export function Evaluations({ assistant }: { assistant: Assistant }) {
  const t = useTranslations("assistants.quality");
  const { textOf } = useProblemText();
  const client = useQueryClient();
  const { id, current } = assistant;
  const { data: runs, error, refetch } = useQuery(evaluations(id));
  const { data: all = [] } = useQuery(versions(id));
  const { data: questions = [] } = useQuery(evaluationQuestions(id));
  const [version, setVersion] = useState(current.number);
  const begin = useMutation({
    mutationFn: () =>
      data(
        api.POST("/v1/assistants/{assistant_id}/evaluations", {
          params: { path: { assistant_id: id } },
          body: { version },
        }),
      ),
    onSettled: () => client.invalidateQueries(evaluations(id)),
  });
  return (
    <Card aria-labelledby="evaluations" className="flex flex-col gap-4">
      <div>
        <h2 id="evaluations" className="text-lg font-semibold">
          {t("runs")}
        </h2>
        <p className="mt-1 text-sm text-ink-soft">{t("runs_text")}</p>
      </div>
      <div className="flex items-end gap-3">
        <div className="min-w-0 flex-1">
          <SelectField
            label={t("version")}
            value={version}
            onChange={(event) => setVersion(Number(event.target.value))}
          >
            {all.map(({ number }) => (
              <option key={number} value={number}>
                {number === current.number ? t("current", { number }) : number}
              </option>
            ))}
          </SelectField>
        </div>
        <Button busy={begin.isPending} disabled={questions.length === 0} onClick={() => begin.mutate()}>
          {t("run")}
        </Button>
      </div>
      <Outcome failed={begin.error ? textOf(begin.error) : undefined} />
      {!runs && (error ? <RoomProblem error={error} onRetry={refetch} /> : <Skeleton className="h-24" />)}
      {runs?.length === 0 && <p className="text-ink-soft">{t("no_runs")}</p>}
      {runs && runs.length > 0 && (
        <ol aria-label={t("runs")} className="flex flex-col divide-y divide-line border-t border-line">
          {runs.map((run) => (
            <RunRow key={run.id} assistant={id} run={run} />
          ))}
        </ol>
      )}
    </Card>
  );
}

function RunRow({ assistant, run }: { assistant: string; run: Run }) {
  const t = useTranslations("assistants.quality");
  const reasons = useTranslations("ask.answer.reasons");
  const problems = useTranslations("problems.codes");
  const format = useFormatter();
  const { version: number, state, reason, done, total, scores, created_at } = run;
  const known = SCORES.filter((name) => typeof scores[name] === "number");
  const reasonText = () => {
    if (reason !== null && reasons.has(reason as "other")) return reasons(reason as "other");
    return reason !== null && problems.has(reason as "limit_reached")
      ? problems(reason as "limit_reached")
      : reasons("other");
  };
  return (
    <li className="flex flex-col gap-2 py-3">
      <p className="flex flex-wrap items-baseline justify-between gap-x-3">
        <span className="font-medium">{t("run_of", { number })}</span>
        <time dateTime={created_at} className="text-sm text-ink-soft">
          {format.dateTime(new Date(created_at), { dateStyle: "medium", timeStyle: "short" })}
        </time>
      </p>
      {state === "running" && (
        <div className="flex flex-col gap-1">
          <p role="status" className="text-sm text-ink-soft">
            {t("running", { done, total })}
          </p>
          <ProgressBar
            label={t("progress", { number })}
            value={total === 0 ? 0 : Math.round((100 * done) / total)}
          />
        </div>
      )}
      {state === "failed" && <p className="text-sm text-bad">{t("failed", { reason: reasonText() })}</p>}
      {known.length > 0 && (
        <dl className="grid grid-cols-2 gap-x-4 gap-y-2 sm:grid-cols-4">
          {known.map((name) => (
            <div key={name}>
              <dt className="text-xs text-ink-soft">{t(`scores.${name}`)}</dt>
              <dd className="text-lg font-semibold tabular-nums">
                {name === "mrr"
                  ? format.number(scores[name] ?? 0, { maximumFractionDigits: 2 })
                  : format.number(scores[name] ?? 0, { style: "percent", maximumFractionDigits: 0 })}
              </dd>
            </div>
          ))}
        </dl>
      )}
      {state !== "running" && done > 0 && <Results assistant={assistant} run={run} />}
    </li>
  );
}

/** What was answered to every question; fetched when it is looked at. */
function Results({ assistant, run }: { assistant: string; run: Run }) {
  const t = useTranslations("assistants.quality");
  const [isOpen, setOpen] = useState(false);
  const { data: whole } = useQuery({ ...evaluation(assistant, run.id), enabled: isOpen });
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary className="cursor-pointer py-1 text-sm font-medium text-accent">{t("results")}</summary>
      {!whole && isOpen && <Skeleton className="h-16" />}
      <ul className="flex flex-col gap-3 pt-1">
        {whole?.results.map(({ question_id, question, answer, passed }) => (
          <li key={question_id} className="flex flex-col items-start gap-1">
            <p className="flex flex-wrap items-center gap-2 text-sm font-medium">
              <Badge tone={passed ? "good" : "bad"}>{t(passed ? "passed" : "missed")}</Badge>
              <span className="min-w-0 wrap-anywhere">{question}</span>
            </p>
            <div className="text-sm text-ink-soft">
              <AnswerText text={answer} citations={[]} onCite={() => undefined} />
            </div>
          </li>
        ))}
      </ul>
    </details>
  );
}
