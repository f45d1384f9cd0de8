/** What the room of the team reads. Others change it too: it is asked again while it is looked at. */
import { queryOptions } from "@tanstack/react-query";
import { api, data, type Schemas } from "@/lib/api/client";

const AGAIN_MS = 20_000;
const PAGE = 100;

/** Everybody in the business, in the order of joining: all pages, for a team is looked at whole. */
export const members = queryOptions({
  queryKey: ["team", "members"],
  queryFn: async ({ signal }) => {
    const found: Schemas["MemberAnswer"][] = [];
    let cursor: string | null | undefined;
    do {
      const query = { limit: PAGE, ...(cursor && { cursor }) };
      const page = await data(api.GET("/v1/members", { params: { query }, signal }));
      found.push(...page.items);
      cursor = page.next_cursor;
    } while (cursor);
    return found;
  },
  refetchInterval: AGAIN_MS,
});

/** The newest hundred that wait for an answer; for who may manage members. */
export const invitations = queryOptions({
  queryKey: ["team", "invitations"],
  queryFn: async ({ signal }) =>
    (await data(api.GET("/v1/members/invitations", { params: { query: { limit: PAGE } }, signal }))).items,
  refetchInterval: AGAIN_MS,
});

/** How many people the plan allows; for who may manage members. */
export const seats = queryOptions({
  queryKey: ["team", "seats"],
  queryFn: ({ signal }) => data(api.GET("/v1/members/seats", { signal })),
  refetchInterval: AGAIN_MS,
});
