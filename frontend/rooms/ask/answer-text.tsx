"use client";
/** An answer's text with its Markdown, and its citations as small numbers that open the passage. */
import { Fragment, memo, type ReactNode, useMemo } from "react";
import { useTranslations } from "use-intl";
import { Code, CodeBlock, OutwardLink, Quote } from "@/components/ui/prose";
import { type Block, blocksOf, type Inline, type List } from "@/lib/ai/markup";
import type { Citation } from "@/lib/ai/types";

type Props = {
  text: string;
  citations: readonly Citation[];
  onCite: (citation: Citation) => void;
};
/** What all pieces of one text know: how a mark is shown. */
type Shown = { mark: (number: number) => ReactNode };

export const AnswerText = memo(function AnswerText({ text, citations, onCite }: Props) {
  const blocks = useMemo(() => blocksOf(text, citations), [text, citations]);
  const mark = (number: number) => {
    const citation = citations.find((each) => each.number === number);
    return citation && <Mark citation={citation} onCite={onCite} />;
  };
  return (
    <div dir="auto" className="flex flex-col gap-2.5 wrap-anywhere">
      {blocks.map((block, index) => (
        <BlockView key={keyOf(index)} block={block} mark={mark} />
      ))}
    </div>
  );
});

/** A text is shown anew as a whole, and only grows: the place of a piece is its name. */
const keyOf = (index: number) => `piece-${index}`;

function Mark({ citation, onCite }: { citation: Citation; onCite: (citation: Citation) => void }) {
  const t = useTranslations("ask.answer");
  const { number, document_name: name, page, quote } = citation;
  return (
    <button
      type="button"
      title={quote}
      aria-label={page === null ? t("mark", { number, name }) : t("mark_page", { number, name, page })}
      onClick={() => onCite(citation)}
      className="relative mx-0.5 inline-flex min-w-5 items-center justify-center rounded-md bg-accent-soft px-1 align-super text-xs leading-5 font-semibold text-accent tabular-nums after:absolute after:-inset-1.5 hover:bg-accent hover:text-on-accent"
    >
      {number}
    </button>
  );
}

const HEADINGS = ["text-xl", "text-lg", "text-base"];

function BlockView({ block, mark }: { block: Block } & Shown) {
  switch (block.kind) {
    case "heading":
      // The page's own headings are of the page; one in an answer is a line that stands out.
      return (
        <p className={`mt-1 font-semibold ${HEADINGS[Math.min(block.level, HEADINGS.length) - 1]}`}>
          <Line line={block.line} mark={mark} />
        </p>
      );
    case "lines":
      return (
        <p>
          <Lines lines={block.lines} mark={mark} />
        </p>
      );
    case "quote":
      return (
        <Quote>
          <Lines lines={block.lines} mark={mark} />
        </Quote>
      );
    case "list":
      return <ListView list={block} mark={mark} />;
    case "table":
      return <TableView table={block} mark={mark} />;
    case "code":
      return <CodeBlock>{block.text}</CodeBlock>;
  }
}

function Lines({ lines, mark }: { lines: readonly Inline[][] } & Shown) {
  return lines.map((line, index) => (
    <Fragment key={keyOf(index)}>
      {index > 0 && <br />}
      <Line line={line} mark={mark} />
    </Fragment>
  ));
}

function ListView({ list, mark }: { list: List } & Shown) {
  const items = list.items.map(({ line, list: inner }, index) => (
    <li key={keyOf(index)}>
      <Line line={line} mark={mark} />
      {inner && <ListView list={inner} mark={mark} />}
    </li>
  ));
  return list.start === null ? (
    <ul className="list-disc ps-5">{items}</ul>
  ) : (
    <ol start={list.start} className="list-decimal ps-6">
      {items}
    </ol>
  );
}

function TableView({ table: { head, rows }, mark }: { table: Extract<Block, { kind: "table" }> } & Shown) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be reached by the keyboard
    <div tabIndex={0} className="overflow-x-auto rounded-lg border border-line">
      <table className="w-full text-sm">
        <thead className="bg-sunken text-start">
          <tr>
            {head.map((cell, index) => (
              <th key={keyOf(index)} scope="col" className="px-3 py-2 text-start font-semibold">
                <Line line={cell} mark={mark} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody className="divide-y divide-line">
          {rows.map((row, index) => (
            <tr key={keyOf(index)}>
              {row.map((cell, column) => (
                <td key={keyOf(column)} className="px-3 py-2 align-top">
                  <Line line={cell} mark={mark} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const LAST_WORD = /\S{1,30}$/;

function Line({ line, mark }: { line: readonly Inline[] } & Shown) {
  return line.map((each, index) => {
    const [before, next] = [line[index - 1], line[index + 1]];
    // It stands with the word before it.
    if (each.kind === "mark" && before?.kind === "text") return null;
    if (each.kind !== "text" || next?.kind !== "mark")
      return <InlineView key={keyOf(index)} inline={each} mark={mark} />;
    const cut = LAST_WORD.exec(each.text)?.index ?? each.text.length;
    return (
      <Fragment key={keyOf(index)}>
        {each.text.slice(0, cut)}
        <span className="whitespace-nowrap">
          {each.text.slice(cut)}
          {mark(next.number)}
        </span>
      </Fragment>
    );
  });
}

function InlineView({ inline, mark }: { inline: Inline } & Shown) {
  const inner = "inner" in inline && <Line line={inline.inner} mark={mark} />;
  switch (inline.kind) {
    case "text":
      return inline.text;
    case "code":
      return <Code>{inline.text}</Code>;
    case "bold":
      return <strong className="font-semibold">{inner}</strong>;
    case "italic":
      return <em>{inner}</em>;
    case "strike":
      return <s>{inner}</s>;
    case "mark":
      return mark(inline.number);
    case "link":
      return <OutwardLink href={inline.href}>{inline.text}</OutwardLink>;
  }
}
