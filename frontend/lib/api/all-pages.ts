/** All pages of a list, for what is shown as a whole. */

type Query = { limit: number; cursor?: string };
type Page<Item> = { items: Item[]; next_cursor?: string | null };
const PAGE = 100;

/** The items in their order; no more pages are asked for when there are `most`. */
export async function allPages<Item>(
  fetchPage: (query: Query) => Promise<Page<Item>>,
  most = 1_000,
): Promise<Item[]> {
  const items: Item[] = [];
  let cursor: string | null | undefined;
  do {
    const page = await fetchPage({ limit: PAGE, ...(cursor && { cursor }) });
    items.push(...page.items);
    cursor = page.next_cursor;
  } while (cursor && items.length < most);
  return items;
}
