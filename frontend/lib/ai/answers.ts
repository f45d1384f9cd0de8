/** Chats as pages of answers, the latest first, and what is shown of them. */
import type { InfiniteData } from "@tanstack/react-query";
import type { Run } from "@/lib/ai/asking";
import type { Answer } from "@/lib/ai/types";

type Page = { items: Answer[]; next_cursor?: string | null };
export type AnswerPages = InfiniteData<Page, unknown>;

/** With the answer in place of the same one before, or as the latest. */
export function withAnswer(pages: AnswerPages | undefined, answer: Answer): AnswerPages {
  if (!pages) return { pages: [{ items: [answer], next_cursor: null }], pageParams: [undefined] };
  const isKnown = pages.pages.some(({ items }) => items.some(({ id }) => id === answer.id));
  const replaced = pages.pages.map((page, index) => ({
    ...page,
    items: isKnown
      ? page.items.map((each) => (each.id === answer.id ? answer : each))
      : index === 0
        ? [answer, ...page.items]
        : page.items,
  }));
  return { ...pages, pages: replaced };
}

/** What is shown of a chat, the oldest first. */
export type Entry =
  | { key: string; answer: Answer; run: undefined }
  | { key: string; answer: undefined; run: Run };

/** What the API knows, and what this tab is being told: each answer once, and once it has ended, by the API. */
export function entriesOf(pages: AnswerPages | undefined, runs: readonly Run[]): Entry[] {
  const known = (pages?.pages ?? []).flatMap(({ items }) => items).reverse();
  const ended = new Set(known.filter(({ state }) => state !== "running").map(({ id }) => id));
  const shown = runs.filter(({ answer_id }) => answer_id === null || !ended.has(answer_id));
  const told = new Set(shown.map(({ answer_id }) => answer_id));
  return [
    ...known.filter(({ id }) => !told.has(id)).map((answer) => ({ key: answer.id, answer, run: undefined })),
    ...shown.map((run) => entryOf(run)),
  ];
}

/** By the answer's id as soon as there is one, so that its place on the page stays the same to the end. */
function entryOf(run: Run): Entry {
  const key = run.answer_id ?? run.id;
  return run.answer ? { key, answer: run.answer, run: undefined } : { key, answer: undefined, run };
}
