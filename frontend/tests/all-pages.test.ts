import { expect, it } from "vitest";
import { allPages } from "@/lib/api/all-pages";

const numbers = (count: number) => {
  const asked: (string | undefined)[] = [];
  const fetchPage = async ({ limit, cursor }: { limit: number; cursor?: string }) => {
    asked.push(cursor);
    const from = Number(cursor ?? 0);
    const to = Math.min(count, from + limit);
    return {
      items: Array.from({ length: to - from }, (_, at) => from + at),
      next_cursor: to < count ? `${to}` : null,
    };
  };
  return { asked, fetchPage };
};

it("fetches page after page to the end", async () => {
  const { asked, fetchPage } = numbers(250);
  expect(await allPages(fetchPage)).toEqual(Array.from({ length: 250 }, (_, at) => at));
  expect(asked).toEqual([undefined, "100", "200"]);
});

it("stops when it has enough", async () => {
  const { asked, fetchPage } = numbers(10_000);
  await allPages(fetchPage, 300);
  expect(asked).toHaveLength(3);
});
