import { describe, expect, it } from "vitest";
import { blocksOf, type Inline, plainText, withNumbers } from "@/lib/ai/markup";

const text = (content: string): Inline => ({ kind: "text", text: content });
const mark = (number: number): Inline => ({ kind: "mark", number });
const lines = (...content: Inline[][]) => ({ kind: "lines", lines: content });

describe("the Markdown of answers", () => {
  it("puts marks where they belong, counted in characters and not in halves of them", () => {
    expect(blocksOf("🥖 costs 3 €. Good.", [{ number: 1, at: 12 }])).toEqual([
      lines([text("🥖 costs 3 €."), mark(1), text(" Good.")]),
    ]);
  });

  it("keeps several marks of one place in their order, and one beyond the end at the end", () => {
    const marks = [
      { number: 3, at: 99 },
      { number: 2, at: 3 },
      { number: 1, at: 3 },
    ];
    expect(blocksOf("Yes", marks)).toEqual([lines([text("Yes"), mark(1), mark(2), mark(3)])]);
  });

  it("leaves a mark inside of what it marks", () => {
    expect(
      blocksOf("**Closed** on `Sunday`.", [
        { number: 1, at: 8 },
        { number: 2, at: 18 },
      ]),
    ).toEqual([
      lines([
        { kind: "bold", inner: [text("Closed"), mark(1)] },
        text(" on "),
        { kind: "code", text: "Sunday" },
        mark(2),
        text("."),
      ]),
    ]);
  });

  it("shows a row of a table that stands alone by its cells, with its mark", () => {
    expect(blocksOf("- | Rye loaf | yes | 4.20 |", [{ number: 1, at: 27 }])).toEqual([
      { kind: "list", start: null, items: [{ line: [text("Rye loaf · yes · 4.20"), mark(1)], list: null }] },
    ]);
  });

  it("knows headings, quotes, lists in lists, numbers, tables and code", () => {
    const written = [
      "## Prices",
      "",
      "Per loaf:",
      "1. Rye",
      "   - small",
      "   - large",
      "2. Wheat",
      "",
      "| Size | Price |",
      "|------|------:|",
      "| small | 2 € |",
      "",
      "> as of May",
      "```",
      "a | b",
      "```",
      "---",
      "End",
    ].join("\n");
    const blocks = blocksOf(written);
    expect(blocks.map(({ kind }) => kind)).toEqual([
      "heading",
      "lines",
      "list",
      "table",
      "quote",
      "code",
      "lines",
    ]);
    expect(blocks[2]).toEqual({
      kind: "list",
      start: 1,
      items: [
        {
          line: [text("Rye")],
          list: {
            kind: "list",
            start: null,
            items: [
              { line: [text("small")], list: null },
              { line: [text("large")], list: null },
            ],
          },
        },
        { line: [text("Wheat")], list: null },
      ],
    });
    expect(blocks[3]).toEqual({
      kind: "table",
      head: [[text("Size")], [text("Price")]],
      rows: [[[text("small")], [text("2 €")]]],
    });
  });

  it("gives the mark of a row to its last cell, and that of code to what follows it", () => {
    const table = "| a |\n|---|\n| b |";
    expect(blocksOf(table, [{ number: 1, at: table.length }])[0]).toMatchObject({
      rows: [[[text("b"), mark(1)]]],
    });
    const code = "```\nx\n```";
    expect(blocksOf(code, [{ number: 1, at: code.length }])).toEqual([
      { kind: "code", text: "x" },
      lines([mark(1)]),
    ]);
  });

  it("links to what the API let stand, however it is written, and to nothing that runs", () => {
    expect(blocksOf("See [the list](https://x.org/a_(b)) or <mailto:a@x.org>, https://x.org/c.")).toEqual([
      lines([
        text("See "),
        { kind: "link", href: "https://x.org/a_(b)", text: "the list" },
        text(" or "),
        { kind: "link", href: "mailto:a@x.org", text: "a@x.org" },
        text(", "),
        { kind: "link", href: "https://x.org/c", text: "https://x.org/c" },
        text("."),
      ]),
    ]);
    for (const unsafe of [
      "[x](javascript:alert(1))",
      "<img src=x onerror=alert(1)>",
      "[x](data:text/html,1)",
    ])
      expect(blocksOf(unsafe)).toEqual([lines([text(unsafe)])]);
  });

  it("ends an address where its mark is", () => {
    expect(blocksOf("https://x.org/a and more", [{ number: 1, at: 15 }])).toEqual([
      lines([{ kind: "link", href: "https://x.org/a", text: "https://x.org/a" }, mark(1), text(" and more")]),
    ]);
  });

  it("takes no character of a text for a place of its own", () => {
    expect(blocksOf("\u{e000}7\u{e001}\u{e002}0\u{e003}")).toEqual([
      lines([text("\ufffd7\ufffd\ufffd0\ufffd")]),
    ]);
  });

  it("reads every beginning of an answer, as it comes", () => {
    const whole = "# A\n1. **b** [c](https://x.org)\n\n| d | e |\n|---|---|\n| `f` | g |\n```\nh";
    for (let end = 0; end <= whole.length; end++) expect(() => blocksOf(whole.slice(0, end))).not.toThrow();
  });

  it("says an answer in one plain line, and numbers it for pasting", () => {
    const written = "**Rye** is 3 €.\n- fresh";
    expect(plainText(written)).toBe("Rye is 3 €. fresh");
    expect(withNumbers(written, [{ number: 1, at: 15 }])).toBe("**Rye** is 3 €.[1]\n- fresh");
  });
});
