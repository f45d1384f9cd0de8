"use client";
/** One question and what was said to it, as far as that is known. */
import type { ReactNode } from "react";
import { useFormatter, useTranslations } from "use-intl";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import { Spinner } from "@/components/ui/spinner";
import { BrokenOff } from "@/lib/ai/answer-stream";
import type { Entry } from "@/lib/ai/answers";
import type { Run } from "@/lib/ai/asking";
import type { Answer, Citation, Source } from "@/lib/ai/types";
import { ProblemError } from "@/lib/api/problem";
import { useProblemText } from "@/lib/api/use-problem-text";
import { AnswerFoot } from "@/rooms/ask/answer-foot";
import { AnswerText } from "@/rooms/ask/answer-text";

/** A place in a document to show; `quote` where words of it were cited. */
export type Place = (Citation | Source) & { quote?: string };

type Props = {
  entry: Entry;
  onOpen: (place: Place) => void;
  /** Asks the same question again; not where one cannot ask. */
  onAgain: ((question: string) => void) | undefined;
  /** Where feedback is taken. */
  mayRate?: boolean;
};

export function AnswerEntry({ entry, onOpen, onAgain, mayRate = true }: Props) {
  const t = useTranslations("ask");
  const { answer, run } = entry;
  const question = answer?.question ?? run?.question ?? "";
  return (
    <article data-row={entry.key} aria-label={question} className="flex flex-col gap-3 px-4 py-4 sm:px-6">
      <div className="max-w-[85%] self-end rounded-2xl rounded-ee-sm bg-accent-soft px-4 py-2.5">
        <p className="sr-only">{t("history.you")}</p>
        <p dir="auto" className="whitespace-pre-wrap wrap-anywhere">
          {question}
        </p>
      </div>
      {answer ? (
        <Ended answer={answer} onOpen={onOpen} onAgain={onAgain} mayRate={mayRate} />
      ) : (
        <Running run={run} onOpen={onOpen} onAgain={onAgain} />
      )}
    </article>
  );
}

function Running({ run, onOpen, onAgain }: { run: Run } & Pick<Props, "onOpen" | "onAgain">) {
  const t = useTranslations("ask");
  const refusalText = useRefusalText();
  const { state, text, citations, sources, error, isStopping } = run;
  if (state === "failed") {
    return (
      <div className="flex flex-col gap-3">
        {text && <AnswerText text={text} citations={citations} onCite={onOpen} />}
        <Failed title={refusalText(error)} again={onAgain && (() => onAgain(run.question))} />
      </div>
    );
  }
  const doing = isStopping
    ? t("composer.stopping")
    : state === "writing"
      ? text === "" && sources.length > 0
        ? t("answer.reading", { count: sources.length })
        : t("answer.writing")
      : t(`answer.${state === "ended" ? "writing" : state}`);
  return (
    <div className="flex flex-col gap-3">
      {text && <AnswerText text={text} citations={citations} onCite={onOpen} />}
      <p className="flex items-center gap-2 text-sm text-ink-soft">
        <Spinner className="motion-reduce:animate-none" />
        {doing}
      </p>
    </div>
  );
}

/** Why nothing was answered; a budget says when it begins anew. */
function useRefusalText(): (error: unknown) => string {
  const t = useTranslations("ask.answer");
  const format = useFormatter();
  const { textOf } = useProblemText();
  return (error) => {
    if (error instanceof BrokenOff) return t("broken");
    if (!(error instanceof ProblemError) || error.code !== "budget_reached") return textOf(error);
    const { of, renews_at } = error.members;
    if (typeof of !== "string" || typeof renews_at !== "string") return textOf(error);
    return t("budget", {
      of,
      date: format.dateTime(new Date(renews_at), { dateStyle: "long", timeStyle: "short" }),
    });
  };
}

function Ended({ answer, onOpen, onAgain, mayRate }: { answer: Answer } & Omit<Props, "entry">) {
  const t = useTranslations("ask.answer");
  const { state, text, citations, question } = answer;
  if (state === "running") {
    return (
      <p className="flex items-center gap-2 text-sm text-ink-soft">
        <Spinner className="motion-reduce:animate-none" />
        {t("elsewhere")}
      </p>
    );
  }
  const again = onAgain && (() => onAgain(question));
  return (
    <div className="flex flex-col gap-3">
      {text !== "" && <Standing answer={answer} />}
      {text !== "" && <AnswerText text={text} citations={citations} onCite={onOpen} />}
      <Ending answer={answer} again={again} />
      {(text !== "" || answer.receipt.model !== null) && (
        <AnswerFoot answer={answer} onOpen={onOpen} mayRate={mayRate ?? true} />
      )}
    </div>
  );
}

/** Says first what must not be taken for more than it is. */
function Standing({ answer: { state, found } }: { answer: Answer }) {
  const t = useTranslations("ask.answer");
  if (found || state !== "done") return null;
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
      <Badge tone="warn">{t("not_found")}</Badge>
      <p className="text-sm text-ink-soft">{t("not_found_text")}</p>
    </div>
  );
}

function Ending({
  answer: { state, text, reason },
  again,
}: {
  answer: Answer;
  again: (() => void) | undefined;
}) {
  const t = useTranslations("ask.answer");
  if (reason === "documents_gone") {
    return <p className="text-sm text-ink-soft">{t("documents_gone")}</p>;
  }
  if (state === "stopped") {
    return <p className="text-sm text-ink-soft">{t(text === "" ? "nothing_stopped" : "stopped")}</p>;
  }
  if (state !== "failed") return null;
  const key = `reasons.${reason}` as "reasons.other";
  return (
    <Failed title={t(text === "" ? "failed" : "broken")} again={again}>
      {t(reason !== null && t.has(key) ? key : "reasons.other")}
    </Failed>
  );
}

type FailedProps = { title: string; again: (() => void) | undefined; children?: ReactNode };

function Failed({ title, again, children }: FailedProps) {
  const t = useTranslations("ask.answer");
  return (
    <Notice
      tone="warn"
      title={title}
      actions={
        again && (
          <Button tone="secondary" size="sm" onClick={again}>
            {t("again")}
          </Button>
        )
      }
    >
      {children}
    </Notice>
  );
}
