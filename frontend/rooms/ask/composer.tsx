"use client";
/** Where one asks: Enter asks, Shift and Enter begin a line. While an answer is written, it can be stopped. */
import { useMutation } from "@tanstack/react-query";
import { type KeyboardEvent, useRef, useState } from "react";
import { useLocale, useTranslations } from "use-intl";
import { classNames } from "@/components/class-names";
import { Icon } from "@/components/ui/icon";
import type { Question } from "@/lib/ai/types";
import { api, data, type Schemas } from "@/lib/api/client";
import { useProblemText } from "@/lib/api/use-problem-text";
import { centsText } from "@/lib/figures";

const MOST_LETTERS = 4_000;
const MOST_LINES = 10;

type Props = {
  assistant: { id: string; name: string };
  chat: string | null;
  version?: number;
  /** An answer is being written. */
  isBusy: boolean;
  isStopping: boolean;
  onAsk: (question: string) => void;
  onStop: () => void;
};

export function Composer({ assistant, chat, version, isBusy, isStopping, onAsk, onStop }: Props) {
  const t = useTranslations("ask.composer");
  const field = useRef<HTMLTextAreaElement>(null);
  const [text, setText] = useState("");
  const { name } = assistant;
  const question: Question = {
    question: text.trim(),
    ...(chat !== null && { chat_id: chat }),
    ...(version !== undefined && { version }),
  };
  const isTooLong = text.length > MOST_LETTERS;
  const mayAsk = text.trim() !== "" && !isTooLong && !isBusy;
  const ask = () => {
    if (!mayAsk) return;
    onAsk(text.trim());
    setText("");
  };
  const onKeyDown = (event: KeyboardEvent) => {
    // What composes a character, as for Chinese, uses the same key.
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    ask();
  };
  return (
    <div className="px-3 pb-3 sm:px-6">
      <div className="rounded-xl border border-line-strong bg-raised has-[textarea:focus]:border-accent">
        <textarea
          ref={field}
          value={text}
          dir={text === "" ? undefined : "auto"}
          rows={Math.min(MOST_LINES, text.split("\n").length)}
          aria-label={t("label", { name })}
          placeholder={t("placeholder", { name })}
          className="block w-full resize-none rounded-xl bg-transparent px-4 pt-3 pb-1 text-base outline-none placeholder:text-ink-soft"
          onChange={(event) => setText(event.target.value)}
          onKeyDown={onKeyDown}
        />
        <div className="flex items-end justify-between gap-2 p-1.5 ps-3">
          <div className="min-w-0 flex-1">
            {text.trim() === "" ? (
              <p className="hidden py-2 text-xs text-ink-soft md:block">{t("hint")}</p>
            ) : (
              <Estimate key={question.question} assistant={assistant.id} question={question} />
            )}
          </div>
          <span role="status" className="self-center text-xs text-bad">
            {isTooLong && t("too_long", { count: text.length - MOST_LETTERS })}
          </span>
          <AskButton
            isBusy={isBusy}
            isStopping={isStopping}
            mayAsk={mayAsk}
            onPress={isBusy ? onStop : ask}
          />
        </div>
      </div>
    </div>
  );
}

type ButtonProps = { isBusy: boolean; isStopping: boolean; mayAsk: boolean; onPress: () => void };

/** Asks, or stops what is being written: one button, so that the focus stays when its act changes. */
function AskButton({ isBusy, isStopping, mayAsk, onPress }: ButtonProps) {
  const t = useTranslations("ask.composer");
  const label = t(isStopping ? "stopping" : isBusy ? "stop" : "send");
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      aria-disabled={isBusy ? isStopping : !mayAsk}
      onClick={onPress}
      className={classNames(
        "inline-flex size-10 shrink-0 items-center justify-center rounded-lg pointer-coarse:size-11",
        isBusy && "border border-line-strong text-ink hover:bg-sunken aria-disabled:text-ink-soft",
        !isBusy && (mayAsk ? "bg-accent text-on-accent hover:bg-accent-strong" : "bg-sunken text-ink-soft"),
      )}
    >
      <Icon name={isBusy ? "stop" : "send"} className="rtl:-scale-x-100" />
    </button>
  );
}

/** What the question that stands in the field may cost, once that is asked. */
function Estimate({ assistant, question }: { assistant: string; question: Question }) {
  const t = useTranslations("ask.composer");
  const { textOf } = useProblemText();
  const rangeText = useRangeText();
  const estimate = useMutation({
    mutationFn: () =>
      data(
        api.POST("/v1/assistants/{assistant_id}/estimate", {
          params: { path: { assistant_id: assistant } },
          body: question,
        }),
      ),
  });
  const told = estimate.error ? textOf(estimate.error) : estimate.data && rangeText(estimate.data);
  return (
    <>
      {!told && (
        <button
          type="button"
          disabled={estimate.isPending}
          className="rounded-lg py-2 text-xs font-medium text-accent hover:underline disabled:opacity-60"
          onClick={() => estimate.mutate()}
        >
          {t("price")}
        </button>
      )}
      <span role="status" className="block text-xs text-ink-soft">
        {told && <span className="block py-2">{told}</span>}
      </span>
    </>
  );
}

function useRangeText(): (estimate: Schemas["EstimateAnswer"]) => string {
  const t = useTranslations("ask.composer.estimate");
  const locale = useLocale();
  return ({ model, least_cents, most_cents, known }) => {
    if (!known) return t("unknown", { model });
    if (Number(most_cents) === 0) return t("free", { model });
    const [least, most] = [centsText(least_cents, locale), centsText(most_cents, locale)];
    return least === most ? t("about", { most, model }) : t("range", { least, most, model });
  };
}
