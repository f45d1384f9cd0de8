"use client";
import { useFormatter, useLocale, useTranslations } from "use-intl";
import type { Answer } from "@/lib/ai/types";
import { centsText, secondsText } from "@/lib/figures";
import type { Place } from "@/rooms/ask/answer-entry";

/** What an answer took: model, tokens, price, time, and the passages that the model was given. */
export function Receipt({
  answer: { receipt },
  onOpen,
}: {
  answer: Answer;
  onOpen: (source: Place) => void;
}) {
  const t = useTranslations("ask.receipt");
  const locale = useLocale();
  const format = useFormatter();
  const { first_text_ms, total_ms, sources } = receipt;
  const count = (tokens: number) => format.number(tokens);
  const lines: [string, string | undefined][] = [
    [t("model"), receipt.model ?? t("no_model")],
    [t("version"), format.number(receipt.version)],
    [t("input"), count(receipt.input_tokens)],
    [t("cache_read"), receipt.cache_read_tokens > 0 ? count(receipt.cache_read_tokens) : undefined],
    [t("cache_write"), receipt.cache_write_tokens > 0 ? count(receipt.cache_write_tokens) : undefined],
    [t("output"), count(receipt.output_tokens)],
    [t("price"), centsText(receipt.cents, locale)],
    [t("first"), first_text_ms === null ? undefined : secondsText(first_text_ms, locale)],
    [t("total"), total_ms === null ? undefined : secondsText(total_ms, locale)],
  ];
  return (
    <div className="flex flex-col gap-3 p-4">
      <h3 className="font-semibold">{t("title")}</h3>
      <dl className="grid grid-cols-[minmax(0,1fr)_auto] gap-x-4 gap-y-1 text-sm">
        {lines.map(
          ([name, value]) =>
            value !== undefined && (
              <div key={name} className="contents">
                <dt className="text-ink-soft">{name}</dt>
                <dd className="text-end wrap-anywhere tabular-nums">{value}</dd>
              </div>
            ),
        )}
      </dl>
      <div className="border-t border-line pt-3">
        <h4 className="text-sm font-semibold">{t("sources")}</h4>
        {sources.length === 0 && <p className="mt-1 text-sm text-ink-soft">{t("none")}</p>}
        <ol className="mt-1 flex flex-col">
          {sources.map((source) => (
            <Source key={source.number} source={source} onOpen={onOpen} />
          ))}
        </ol>
      </div>
    </div>
  );
}

type SourceProps = { source: Answer["receipt"]["sources"][number]; onOpen: (source: Place) => void };

function Source({ source, onOpen }: SourceProps) {
  const t = useTranslations("ask");
  const { number, document_name: name, page } = source;
  return (
    <li>
      <button
        type="button"
        onClick={() => onOpen(source)}
        className="flex w-full min-w-0 items-baseline gap-2 rounded-lg px-2 py-1.5 text-start text-sm hover:bg-sunken pointer-coarse:py-3"
      >
        <span className="text-ink-soft tabular-nums">{number}</span>
        <span className="min-w-0 flex-1 wrap-anywhere">{name}</span>
        {page !== null && <span className="shrink-0 text-ink-soft">{t("answer.page", { page })}</span>}
      </button>
    </li>
  );
}
