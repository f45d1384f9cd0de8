"use client";
/** Below an answer: its sources, and what can be done with it. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useTranslations } from "use-intl";
import { classNames } from "@/components/class-names";
import { Button } from "@/components/ui/button";
import { Flyout } from "@/components/ui/flyout";
import { Icon } from "@/components/ui/icon";
import { IconButton, iconButtonClasses } from "@/components/ui/icon-button";
import { TextArea } from "@/components/ui/text-area";
import { withAnswer } from "@/lib/ai/answers";
import { withNumbers } from "@/lib/ai/markup";
import { answers } from "@/lib/ai/queries";
import type { Answer } from "@/lib/ai/types";
import { api, data } from "@/lib/api/client";
import { useProblemText } from "@/lib/api/use-problem-text";
import { Outcome } from "@/rooms/account/outcome";
import type { Place } from "@/rooms/ask/answer-entry";
import { Receipt } from "@/rooms/ask/receipt";

const COPIED_MS = 2_000;
const MOST_LETTERS = 2_000;

type Props = { answer: Answer; onOpen: (place: Place) => void; mayRate: boolean };

export function AnswerFoot({ answer, onOpen, mayRate }: Props) {
  const t = useTranslations("ask");
  return (
    <div className="flex flex-col gap-1">
      <Sources answer={answer} onOpen={onOpen} />
      <div className="-ms-2 flex flex-wrap items-center">
        <CopyButton answer={answer} />
        {mayRate && <Feedback answer={answer} />}
        <Flyout
          label={t("receipt.title")}
          className="w-96"
          button={{
            "aria-label": t("receipt.open"),
            title: t("receipt.open"),
            className: iconButtonClasses(true),
            children: <Icon name="receipt" />,
          }}
        >
          {(close) => (
            <Receipt
              answer={answer}
              onOpen={(source) => {
                close();
                onOpen(source);
              }}
            />
          )}
        </Flyout>
      </div>
    </div>
  );
}

/** Every cited place once more by its name, for who reads the answer first. */
function Sources({ answer: { citations }, onOpen }: Pick<Props, "answer" | "onOpen">) {
  const t = useTranslations("ask.answer");
  if (citations.length === 0) return null;
  return (
    <ul aria-label={t("sources")} className="flex flex-wrap gap-1.5">
      {citations.map((citation) => {
        const { number, document_name: name, page } = citation;
        return (
          <li key={number} className="max-w-full">
            <button
              type="button"
              title={citation.quote}
              onClick={() => onOpen(citation)}
              className="flex max-w-full items-center gap-1.5 rounded-full border border-line px-2.5 py-1 text-sm text-ink-soft hover:border-line-strong hover:text-ink pointer-coarse:py-2.5"
            >
              <Icon name="file" className="size-4" />
              <span className="truncate">
                {page === null ? t("source", { number, name }) : t("source_page", { number, name, page })}
              </span>
            </button>
          </li>
        );
      })}
    </ul>
  );
}

function CopyButton({ answer: { text, citations } }: { answer: Answer }) {
  const t = useTranslations("ask.answer");
  const [isCopied, setCopied] = useState(false);
  useEffect(() => {
    if (!isCopied) return;
    const timer = setTimeout(() => setCopied(false), COPIED_MS);
    return () => clearTimeout(timer);
  }, [isCopied]);
  const copy = async () => {
    const notes = citations.map(({ number, document_name: name, page, quote }) => {
      const place = page === null ? name : `${name}, ${t("page", { page })}`;
      return `[${number}] ${place}: “${quote}”`;
    });
    await navigator.clipboard.writeText([withNumbers(text, citations), ...notes].join("\n\n"));
    setCopied(true);
  };
  return (
    <>
      <IconButton small icon={isCopied ? "check" : "copy"} label={t("copy")} onClick={() => void copy()} />
      <span role="status" className="sr-only">
        {isCopied && t("copied")}
      </span>
    </>
  );
}

/** Whether it helped, and, once that is said, why. */
function Feedback({ answer }: { answer: Answer }) {
  const t = useTranslations("ask");
  const { textOf } = useProblemText();
  const client = useQueryClient();
  const rate = useMutation({
    mutationFn: (body: { rating: 1 | -1 | null; comment: string | null }) =>
      data(api.PUT("/v1/answers/{answer_id}/feedback", { params: { path: { answer_id: answer.id } }, body })),
    onSuccess: (rated) =>
      client.setQueryData(answers(answer.chat_id).queryKey, (known) => withAnswer(known, rated)),
  });
  const { rating, comment } = answer;
  const choose = (chosen: 1 | -1) =>
    rate.mutate({ rating: rating === chosen ? null : chosen, comment: rating === chosen ? null : comment });
  return (
    <>
      {([1, -1] as const).map((each) => (
        <IconButton
          key={each}
          small
          icon={each === 1 ? "like" : "dislike"}
          label={t(each === 1 ? "answer.like" : "answer.dislike")}
          aria-pressed={rating === each}
          disabled={rate.isPending}
          className={classNames(rating === each && (each === 1 ? "text-good!" : "text-bad!"))}
          onClick={() => choose(each)}
        />
      ))}
      {rating !== null && (
        <Comment
          rating={rating}
          comment={comment ?? ""}
          isBusy={rate.isPending}
          onSend={(said) => rate.mutate({ rating, comment: said === "" ? null : said })}
        />
      )}
      {rate.error && <Outcome failed={textOf(rate.error)} />}
    </>
  );
}

type CommentProps = {
  rating: 1 | -1;
  comment: string;
  isBusy: boolean;
  onSend: (comment: string) => void;
};

function Comment({ rating, comment, isBusy, onSend }: CommentProps) {
  const t = useTranslations("ask.feedback");
  const [text, setText] = useState(comment);
  const isSaid = text.trim() === comment;
  return (
    <Flyout
      label={t(rating === 1 ? "comment" : "comment_down")}
      className="w-80"
      button={{
        className:
          "mx-1 h-8 rounded-lg px-2 text-sm font-medium text-accent hover:bg-accent-soft pointer-coarse:h-11",
        children: t(rating === 1 ? "comment" : "comment_down"),
      }}
    >
      {(close) => (
        <form
          className="flex flex-col gap-3 p-4"
          onSubmit={(event) => {
            event.preventDefault();
            onSend(text.trim());
            close();
          }}
        >
          <TextArea
            label={t(rating === 1 ? "comment" : "comment_down")}
            hint={t("hint")}
            value={text}
            maxLength={MOST_LETTERS}
            onChange={(event) => setText(event.target.value)}
          />
          <div>
            <Button type="submit" size="sm" disabled={isSaid} busy={isBusy}>
              {t("send")}
            </Button>
          </div>
        </form>
      )}
    </Flyout>
  );
}
