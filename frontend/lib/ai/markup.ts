/**
 * The Markdown of answers as a tree, with the marks of their citations in it. Nothing in it is taken for HTML, there
 * are no images, and links are those of the API, which lets none stand that is not in the sources.
 */
import { inlinesOf, type Inline as Plain } from "@/lib/messaging/markup";

export type Inline =
  | { kind: "text" | "code"; text: string }
  | { kind: "bold" | "italic" | "strike"; inner: Inline[] }
  | { kind: "link"; href: string; text: string }
  | { kind: "mark"; number: number };
export type Item = { line: Inline[]; list: List | null };
export type List = { kind: "list"; start: number | null; items: Item[] };
export type Block =
  | { kind: "heading"; level: number; line: Inline[] }
  | { kind: "lines" | "quote"; lines: Inline[][] }
  | List
  | { kind: "table"; head: Inline[][]; rows: Inline[][][] }
  | { kind: "code"; text: string };

/** `at` counts characters (Unicode code points) of the text. */
export type Mark = { number: number; at: number };

// Places of what is put in before a text is read, in characters that no text is left with.
const MARK = /\u{e000}(\d+)\u{e001}/gu;
const LINK_PLACE = /\u{e002}(\d+)\u{e003}/gu;
const ANY_PLACE = /\u{e000}(\d+)\u{e001}|\u{e002}(\d+)\u{e003}/gu;
const RESERVED = /[\u{e000}-\u{e003}]/gu;
const placeOfMark = (number: number) => `\u{e000}${number}\u{e001}`;

const HREF = "(?:https?://|mailto:|tel:)[^\\s<>()]*(?:\\([^\\s<>()]*\\)[^\\s<>()]*)*";
const LINK = new RegExp(
  `\\[(?<label>[^\\[\\]\\n]+)\\]\\(\\s*<?(?<href>${HREF})>?(?:\\s+"[^"\\n]*")?\\s*\\)|<(?<bare>(?:https?://|mailto:|tel:)[^\\s<>]+)>`,
  "giu",
);
type Link = { href: string; text: string; written: string };

export function blocksOf(text: string, marks: readonly Mark[] = []): Block[] {
  const links: Link[] = [];
  const placed = withMarks(text, marks).replace(LINK, (written, ...rest) => {
    const groups = rest.at(-1) as Record<string, string | undefined>;
    const href = (groups.href ?? groups.bare ?? "").replace(ANY_PLACE, "");
    links.push({ href, text: groups.label ?? href.replace(/^(mailto|tel):/i, ""), written });
    return `\u{e002}${links.length - 1}\u{e003}`;
  });
  return new Reader(placed.split("\n"), links).blocks();
}

/** In one line, without markup and marks: for announcements. */
export function plainText(text: string): string {
  return blocksOf(text).map(flatBlock).join(" ").replace(/\s+/g, " ").trim();
}

/** With `[1]` where it is cited, for pasting elsewhere. */
export function withNumbers(text: string, marks: readonly Mark[]): string {
  return withMarks(text, marks).replace(MARK, (_, number: string) => `[${number}]`);
}

function withMarks(text: string, marks: readonly Mark[]): string {
  const characters = [...text.replace(RESERVED, "\ufffd")];
  const sorted = [...marks].sort((one, other) => one.at - other.at || one.number - other.number);
  let at = 0;
  const pieces: string[] = [];
  for (const mark of sorted) {
    pieces.push(characters.slice(at, mark.at).join(""), placeOfMark(mark.number));
    at = Math.min(mark.at, characters.length);
  }
  return pieces.join("") + characters.slice(at).join("");
}

const FENCE = /^\s*(?:```|~~~)/;
const HEADING = /^(#{1,6})\s+(.*?)\s*#*$/;
const QUOTE = /^\s*>\s?/;
const ITEM = /^(?<indent>\s*)(?:[-*+]|(?<number>\d{1,9})[.)])\s+(?<text>.*)$/;
const RULE = /^\s*(?:(?:-\s*){3,}|(?:\*\s*){3,}|(?:_\s*){3,})$/;
const DIVIDER = /^\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$/;
const ROW = /^\|(.+)\|((?:\u{e000}\d+\u{e001}|\s)*)$/u;

/** Reads lines, from the first to the last. */
class Reader {
  private at = 0;

  constructor(
    private readonly lines: readonly string[],
    private readonly links: readonly Link[],
  ) {}

  blocks(): Block[] {
    const found: Block[] = [];
    while (this.at < this.lines.length) {
      const line = this.line();
      if (bare(line).trim() === "" && line.trim() === "") this.at += 1;
      else if (RULE.test(bare(line))) this.at += 1;
      else found.push(...this.block(line));
    }
    return found;
  }

  private block(line: string): Block[] {
    if (FENCE.test(line)) return this.code();
    const heading = HEADING.exec(line);
    if (heading) {
      this.at += 1;
      return [{ kind: "heading", level: heading[1]?.length ?? 1, line: this.inlines(heading[2] ?? "") }];
    }
    if (QUOTE.test(line)) return [{ kind: "quote", lines: this.taken((each) => QUOTE.test(each), QUOTE) }];
    if (ITEM.test(line)) return [this.list(indentOf(line))];
    if (this.isTable()) return [this.table()];
    return [{ kind: "lines", lines: this.paragraph() }];
  }

  private line(offset = 0): string {
    return this.lines[this.at + offset] ?? "";
  }

  /** The marks of a piece of code stand after it. */
  private code(): Block[] {
    const content: string[] = [];
    for (this.at += 1; this.at < this.lines.length && !FENCE.test(this.line()); this.at++)
      content.push(this.line());
    const marks = [...content, this.line()].flatMap((each) => each.match(MARK) ?? []).join("");
    this.at += 1;
    const text = this.written(content.map(bare).join("\n"));
    return [
      { kind: "code", text },
      ...(marks ? [{ kind: "lines" as const, lines: [this.inlines(marks)] }] : []),
    ];
  }

  /** Lines for as long as `belongs`, each without what `start` matches. */
  private taken(belongs: (line: string) => boolean, start: RegExp): Inline[][] {
    const found: Inline[][] = [];
    for (; this.at < this.lines.length && belongs(this.line()); this.at++)
      found.push(this.inlines(this.line().replace(start, "")));
    return found;
  }

  private paragraph(): Inline[][] {
    const first = this.inlines(this.line());
    this.at += 1;
    const ends = (line: string) =>
      line.trim() === "" ||
      [FENCE, HEADING, QUOTE, ITEM, RULE].some((each) => each.test(line)) ||
      this.isTable();
    return [first, ...this.taken((line) => !ends(line), /^\s+/)];
  }

  /** The items at `indent`, and in each what stands deeper. */
  private list(indent: number): List {
    const number = ITEM.exec(this.line())?.groups?.number;
    const list: List = { kind: "list", start: number === undefined ? null : Number(number), items: [] };
    while (this.at < this.lines.length) {
      const line = this.line();
      const item = ITEM.exec(line);
      const last = list.items.at(-1);
      if (item && indentOf(line) > indent + 1 && last) {
        last.list = this.list(indentOf(line));
      } else if (item && (indentOf(line) >= indent - 1 || !last)) {
        const isSameKind = (item.groups?.number === undefined) === (list.start === null);
        if (last && !isSameKind) return list;
        list.items.push({ line: this.inlines(item.groups?.text ?? ""), list: null });
        this.at += 1;
      } else if (line.trim() !== "" && !item && indentOf(line) > indent && last && !FENCE.test(line)) {
        last.line.push({ kind: "text", text: " " }, ...this.inlines(line.trim()));
        this.at += 1;
      } else if (line.trim() === "" && ITEM.test(this.line(1))) {
        this.at += 1;
      } else return list;
    }
    return list;
  }

  private isTable(): boolean {
    return this.line().includes("|") && this.line(1).includes("-") && DIVIDER.test(bare(this.line(1)));
  }

  private table(): Block {
    const head = this.cells(this.line());
    this.at += 2;
    const rows: Inline[][][] = [];
    for (; this.at < this.lines.length && this.line().includes("|"); this.at++)
      rows.push(this.cells(this.line()).slice(0, head.length));
    return { kind: "table", head, rows };
  }

  private cells(line: string): Inline[][] {
    const trimmed = line.trim();
    // What is cited by the whole row belongs to its last cell.
    const trailing = /\|?((?:\u{e000}\d+\u{e001}|\s)*)$/u.exec(trimmed);
    const row = trimmed.slice(trimmed.startsWith("|") ? 1 : 0, trailing?.index ?? trimmed.length);
    const cells = row.split(/(?<!\\)\|/).map((cell) => cell.trim().replace(/\\\|/g, "|"));
    cells[cells.length - 1] += trailing?.[1] ?? "";
    return cells.map((cell) => this.inlines(cell));
  }

  private inlines(text: string): Inline[] {
    return inlinesOf(withoutBars(text)).flatMap((each) => this.resolved(each));
  }

  private resolved(inline: Plain): Inline[] {
    if ("inner" in inline) {
      return [{ kind: inline.kind, inner: inline.inner.flatMap((each) => this.resolved(each)) }];
    }
    if (inline.kind === "code") {
      const text = this.written(bare(inline.text));
      return [{ kind: "code", text }, ...this.split((inline.text.match(MARK) ?? []).join(""))];
    }
    if (inline.kind === "link") return this.cut(inline.href);
    // Nobody is mentioned in an answer.
    return this.split(inline.kind === "mention" ? `<@${inline.user}>` : inline.text);
  }

  /** An address as it stands in the text ends where a mark does. */
  private cut(href: string): Inline[] {
    const end = href.search(ANY_PLACE);
    if (end < 0) return [{ kind: "link", href, text: href }];
    const address = href.slice(0, end);
    return [{ kind: "link", href: address, text: address }, ...this.split(href.slice(end))];
  }

  /** Marks and links in their places. */
  private split(text: string): Inline[] {
    const found: Inline[] = [];
    let at = 0;
    for (const match of text.matchAll(ANY_PLACE)) {
      if (match.index > at) found.push({ kind: "text", text: text.slice(at, match.index) });
      found.push(...this.placed(match[1], match[2]));
      at = match.index + match[0].length;
    }
    if (at < text.length) found.push({ kind: "text", text: text.slice(at) });
    return found;
  }

  private placed(mark: string | undefined, link: string | undefined): Inline[] {
    if (mark !== undefined) return [{ kind: "mark", number: Number(mark) }];
    const known = this.links[Number(link)];
    if (!known) return [];
    const marks = (known.written.match(MARK) ?? []).map((each) => Number(each.slice(1, -1)));
    return [
      { kind: "link", href: known.href, text: known.text.replace(MARK, "") },
      ...marks.map((number) => ({ kind: "mark" as const, number })),
    ];
  }

  /** In code, a link is what was written. */
  private written(text: string): string {
    return text.replace(LINK_PLACE, (_, index: string) => this.links[Number(index)]?.written ?? "");
  }
}

/** A row of a table that is quoted alone: its cells, without the bars that no table makes sense of. */
function withoutBars(text: string): string {
  const [, cells, marks = ""] = ROW.exec(text.trim()) ?? [];
  return cells === undefined
    ? text
    : `${cells
        .split("|")
        .map((cell) => cell.trim())
        .join(" · ")}${marks}`;
}

const bare = (text: string) => text.replace(MARK, "");
const indentOf = (line: string) => /^\s*/.exec(line)?.[0].replace(/\t/g, "    ").length ?? 0;

function flatBlock(block: Block): string {
  switch (block.kind) {
    case "heading":
      return flat(block.line);
    case "lines":
    case "quote":
      return block.lines.map(flat).join(" ");
    case "list":
      return block.items.map(({ line, list }) => `${flat(line)} ${list ? flatBlock(list) : ""}`).join(" ");
    case "table":
      return [block.head, ...block.rows].map((row) => row.map(flat).join(", ")).join("; ");
    case "code":
      return block.text;
  }
}

function flat(line: readonly Inline[]): string {
  return line
    .map((each) => (each.kind === "mark" ? "" : "inner" in each ? flat(each.inner) : each.text))
    .join("");
}
