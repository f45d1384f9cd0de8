"use client";
import { Fragment, memo } from "react";
import { classNames } from "@/components/class-names";
import { Code, CodeBlock, OutwardLink, Quote } from "@/components/ui/prose";
import { type Block, blocksOf, type Inline } from "@/lib/messaging/markup";

type Props = { text: string; me: string; nameOf: (user: string) => string };

/** A message's text with its markup. Nothing in it is taken for HTML. */
export const MessageText = memo(function MessageText({ text, me, nameOf }: Props) {
  return (
    <div dir="auto" className="flex flex-col gap-1 wrap-anywhere">
      {blocksOf(text).map((block, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a text is shown anew as a whole
        <BlockView key={index} block={block} me={me} nameOf={nameOf} />
      ))}
    </div>
  );
});

function BlockView({ block, ...rest }: { block: Block } & Omit<Props, "text">) {
  if (block.kind === "code") {
    return <CodeBlock>{block.text}</CodeBlock>;
  }
  const lines = block.lines.map((line, index) => <Line key={keyOf(index)} line={line} {...rest} />);
  if (block.kind === "list") {
    return (
      <ul className="list-disc ps-5">
        {lines.map((line) => (
          <li key={line.key}>{line}</li>
        ))}
      </ul>
    );
  }
  const broken = lines.map((line, index) => (
    <Fragment key={line.key}>
      {index > 0 && <br />}
      {line}
    </Fragment>
  ));
  if (block.kind === "quote") {
    return <Quote>{broken}</Quote>;
  }
  return <p>{broken}</p>;
}

const keyOf = (index: number) => `line-${index}`;

function Line({ line, me, nameOf }: { line: readonly Inline[] } & Omit<Props, "text">) {
  return line.map((each, index) => <InlineView key={keyOf(index)} inline={each} me={me} nameOf={nameOf} />);
}

function InlineView({ inline, me, nameOf }: { inline: Inline } & Omit<Props, "text">) {
  const inner = "inner" in inline && <Line line={inline.inner} me={me} nameOf={nameOf} />;
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
    case "link":
      return <OutwardLink href={inline.href}>{inline.text}</OutwardLink>;
    case "mention":
      return (
        <span
          className={classNames(
            "rounded px-1 font-medium",
            inline.user === me || inline.user === "all"
              ? "bg-warn-soft text-warn"
              : "bg-accent-soft text-accent",
          )}
        >
          @{nameOf(inline.user)}
        </span>
      );
  }
}
