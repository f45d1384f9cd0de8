"use client";
/** How good an assistant is: what it is measured by, and how its versions did. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslations } from "use-intl";
import { RoomProblem } from "@/components/room-problem";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { IconButton } from "@/components/ui/icon-button";
import { SelectField } from "@/components/ui/select-field";
import { Skeleton } from "@/components/ui/skeleton";
import { TextField } from "@/components/ui/text-field";
import { evaluationQuestions, readyDocuments } from "@/lib/ai/quality-queries";
import type { Assistant, Document, EvaluationQuestion } from "@/lib/ai/types";
import { api, data, type Schemas } from "@/lib/api/client";
import { useProblemText } from "@/lib/api/use-problem-text";
import { Outcome } from "@/rooms/account/outcome";
import { Evaluations } from "@/rooms/assistants/evaluations";

const KINDS = ["words", "document", "nothing"] as const;
type Kind = (typeof KINDS)[number];
const MOST_QUESTION = 4_000;
const MOST_WORDS = 1_000;

export function Quality({ assistant }: { assistant: Assistant }) {
  return (
    <div className="grid items-start gap-6 lg:grid-cols-2">
      <Questions assistant={assistant} />
      <Evaluations assistant={assistant} />
    </div>
  );
}

function Questions({ assistant }: { assistant: Assistant }) {
  const t = useTranslations("assistants.quality");
  const { textOf } = useProblemText();
  const client = useQueryClient();
  const { id, current } = assistant;
  const { data: found, error, refetch } = useQuery(evaluationQuestions(id));
  const { data: documents = [] } = useQuery(readyDocuments(current.knowledge_base_ids));
  const remove = useMutation({
    mutationFn: (question_id: string) =>
      data(
        api.DELETE("/v1/assistants/{assistant_id}/evaluation-questions/{question_id}", {
          params: { path: { assistant_id: id, question_id } },
        }),
      ),
    onSettled: () => client.invalidateQueries(evaluationQuestions(id)),
  });
  return (
    <Card aria-labelledby="questions" className="flex flex-col gap-4">
      <div>
        <h2 id="questions" className="text-lg font-semibold">
          {t("questions")}
        </h2>
        <p className="mt-1 text-sm text-ink-soft">{t("questions_text")}</p>
      </div>
      {!found && (error ? <RoomProblem error={error} onRetry={refetch} /> : <Skeleton className="h-24" />)}
      {found?.length === 0 && <p className="text-ink-soft">{t("none")}</p>}
      {found && found.length > 0 && (
        <ol aria-label={t("label")} className="flex flex-col divide-y divide-line border-y border-line">
          {found.map((each) => (
            <Question
              key={each.id}
              question={each}
              documents={documents}
              onDelete={() => remove.mutate(each.id)}
            />
          ))}
        </ol>
      )}
      <Outcome failed={remove.error ? textOf(remove.error) : undefined} />
      <AddQuestion assistant={id} documents={documents} />
    </Card>
  );
}

type QuestionProps = {
  question: EvaluationQuestion;
  documents: readonly Document[];
  onDelete: () => void;
};

function Question({ question: each, documents, onDelete }: QuestionProps) {
  const t = useTranslations("assistants.quality");
  const { question, document_id, expected, unanswerable } = each;
  const name = documents.find(({ id }) => id === document_id)?.name;
  const expectations = [
    unanswerable && t("expected.nothing"),
    expected !== null && t("expected.words", { text: expected }),
    document_id !== null && (name === undefined ? t("expected.gone") : t("expected.document", { name })),
  ].filter((each) => each !== false);
  return (
    <li className="flex items-start gap-2 py-2.5">
      <div className="min-w-0 flex-1">
        <p dir="auto" className="font-medium wrap-anywhere">
          {question}
        </p>
        <p className="text-sm text-ink-soft wrap-anywhere">{expectations.join(" · ")}</p>
      </div>
      <IconButton small icon="trash" label={t("delete", { question })} onClick={onDelete} />
    </li>
  );
}

type Fault = "question_fault" | "words_fault" | "document_fault";

function AddQuestion({ assistant, documents }: { assistant: string; documents: readonly Document[] }) {
  const t = useTranslations("assistants.quality");
  const { textOf } = useProblemText();
  const client = useQueryClient();
  const [question, setQuestion] = useState("");
  const [kind, setKind] = useState<Kind>("words");
  const [words, setWords] = useState("");
  const [document, setDocument] = useState("");
  const [fault, setFault] = useState<Fault>();
  const add = useMutation({
    mutationFn: (body: Schemas["NewEvaluationQuestion"]) =>
      data(
        api.POST("/v1/assistants/{assistant_id}/evaluation-questions", {
          params: { path: { assistant_id: assistant } },
          body,
        }),
      ),
    onSuccess: (_, sent) => {
      // What was written meanwhile is the next one.
      setQuestion((now) => (now.trim() === sent.question ? "" : now));
      setWords((now) => (now.trim() === sent.expected ? "" : now));
      return client.invalidateQueries(evaluationQuestions(assistant));
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const found = faultOf({ question, kind, words, document });
    setFault(found);
    if (found) return;
    add.mutate({
      question: question.trim(),
      unanswerable: kind === "nothing",
      ...(kind === "words" && { expected: words.trim() }),
      ...(kind === "document" && { document_id: document }),
    });
  };
  return (
    <form noValidate className="flex flex-col gap-4" onSubmit={submit}>
      <TextField
        label={t("question")}
        value={question}
        maxLength={MOST_QUESTION}
        error={fault === "question_fault" ? t(fault) : undefined}
        onChange={(event) => setQuestion(event.target.value)}
      />
      <SelectField
        label={t("expects")}
        value={kind}
        onChange={(event) => setKind(event.target.value as Kind)}
      >
        {KINDS.map((each) => (
          <option key={each} value={each}>
            {t(`kinds.${each}`)}
          </option>
        ))}
      </SelectField>
      {kind === "words" && (
        <TextField
          label={t("words")}
          value={words}
          maxLength={MOST_WORDS}
          error={fault === "words_fault" ? t(fault) : undefined}
          onChange={(event) => setWords(event.target.value)}
        />
      )}
      {kind === "document" && (
        <SelectField
          label={t("document")}
          value={document}
          hint={fault === "document_fault" ? t(fault) : undefined}
          onChange={(event) => setDocument(event.target.value)}
        >
          <option value="">{t("no_document")}</option>
          {documents.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </SelectField>
      )}
      <Outcome failed={add.error ? textOf(add.error) : undefined} />
      <div>
        <Button type="submit" tone="secondary" busy={add.isPending}>
          {t("add")}
        </Button>
      </div>
    </form>
  );
}

type Written = { question: string; kind: Kind; words: string; document: string };

function faultOf({ question, kind, words, document }: Written): Fault | undefined {
  if (question.trim() === "") return "question_fault";
  if (kind === "words" && words.trim() === "") return "words_fault";
  return kind === "document" && document === "" ? "document_fault" : undefined;
}
