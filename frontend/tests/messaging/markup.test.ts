import { describe, expect, it } from "vitest";
import { blocksOf, inlinesOf, plainText, withNames, withTokens } from "@/lib/messaging/markup";

const ADA = "0198c0de-0000-7000-8000-000000000001";
const BOB = "0198c0de-0000-7000-8000-000000000002";
const PEOPLE = [
  { user_id: ADA, full_name: "Ada" },
  { user_id: BOB, full_name: "Ada Lovelace" },
];
const nameOf = (user: string) => (user === "all" ? "all" : user === ADA ? "Ada" : "Ada Lovelace");

describe("the markup of messages", () => {
  it("knows bold, italic, struck out, code and links, one in another", () => {
    expect(inlinesOf("a **b _c_** ~~d~~ `e*` https://x.org/a_b.")).toEqual([
      { kind: "text", text: "a " },
      {
        kind: "bold",
        inner: [
          { kind: "text", text: "b " },
          { kind: "italic", inner: [{ kind: "text", text: "c" }] },
        ],
      },
      { kind: "text", text: " " },
      { kind: "strike", inner: [{ kind: "text", text: "d" }] },
      { kind: "text", text: " " },
      { kind: "code", text: "e*" },
      { kind: "text", text: " " },
      { kind: "link", href: "https://x.org/a_b", text: "https://x.org/a_b" },
      { kind: "text", text: "." },
    ]);
  });

  it.each(["2 * 3 * 4", "snake_case_name", "** not **", "a*b*c", "javascript:alert(1)"])(
    "leaves %s as it is",
    (text) => {
      expect(inlinesOf(text)).toEqual([{ kind: "text", text }]);
    },
  );

  it("cuts a text into lines, quotes, lists and code", () => {
    const blocks = blocksOf("one\ntwo\n> said\n- a\n- b\n```js\nx **y**\n```\nend");
    expect(blocks.map(({ kind }) => kind)).toEqual(["lines", "quote", "list", "code", "lines"]);
    expect(blocks[3]).toEqual({ kind: "code", text: "x **y**" });
  });

  it("turns names into tokens and back, the longest name first", () => {
    const written = "@Ada Lovelace and @Ada, not me@Adam.org or @Adam; @all";
    const tokens = withTokens(written, PEOPLE, "all");
    expect(tokens).toBe(`<@${BOB}> and <@${ADA}>, not me@Adam.org or @Adam; <@all>`);
    expect(withNames(tokens, nameOf)).toBe(written);
  });

  it("says a text in one plain line", () => {
    expect(plainText(`Hi <@${ADA}>\n\n**look** at \`x\``, nameOf)).toBe("Hi @Ada look at x");
  });
});
