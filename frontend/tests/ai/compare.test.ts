import { describe, expect, it } from "vitest";
import { type Content, changedFields, listChanges, wordChanges } from "@/lib/ai/compare";

const VERSION: Content = {
  instructions: "Answer guests.",
  tone: "friendly",
  model: null,
  knowledge_base_ids: ["a", "b"],
  most_tokens: 600,
  memory_tokens: 1500,
  redacts: false,
  example_questions: [],
};

describe("two versions of an assistant", () => {
  it("differ in the fields that were changed, and not in the order of their knowledge", () => {
    expect(changedFields(VERSION, { ...VERSION, knowledge_base_ids: ["b", "a"] })).toEqual([]);
    expect(changedFields(VERSION, { ...VERSION, redacts: true, tone: "brief" })).toEqual(["tone", "redacts"]);
  });

  it("tell which knowledge came and went", () => {
    expect(listChanges(["a", "b"], ["b", "c"])).toEqual({ added: ["c"], removed: ["a"] });
  });

  it("are compared word by word", () => {
    expect(wordChanges("Answer all guests kindly.", "Answer guests very kindly.")).toEqual([
      { kind: "same", text: "Answer " },
      { kind: "removed", text: "all " },
      { kind: "same", text: "guests " },
      { kind: "added", text: "very " },
      { kind: "same", text: "kindly." },
    ]);
    expect(wordChanges("", "New")).toEqual([{ kind: "added", text: "New" }]);
    expect(wordChanges("Old", "")).toEqual([{ kind: "removed", text: "Old" }]);
  });

  it("are told as a whole where a comparison would take long", () => {
    const long = (word: string) => `${word} `.repeat(2_100);
    expect(wordChanges(long("one"), long("two")).map(({ kind }) => kind)).toEqual(["removed", "added"]);
  });
});
