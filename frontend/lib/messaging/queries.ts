/** What the rooms ask the API of conversations. */
import { queryOptions } from "@tanstack/react-query";
import { api, data } from "@/lib/api/client";

export const conversationsKey = ["conversations"] as const;

/** How many conversations are shown, and followed. */
const MOST = 100;

/** The conversations of the person, the most recently active first. */
export async function fetchConversations(signal?: AbortSignal) {
  const query = { limit: MOST };
  return (await data(api.GET("/v1/conversations", { params: { query }, ...(signal && { signal }) }))).items;
}

export function fetchConversation(id: string) {
  return data(api.GET("/v1/conversations/{conversation_id}", { params: { path: { conversation_id: id } } }));
}

/** Everybody of the business, by whose names messages are signed. */
export const people = queryOptions({
  queryKey: ["people"],
  queryFn: async ({ signal }) => (await data(api.GET("/v1/members", { signal }))).items,
  staleTime: 60_000,
});

export function conversationMembers(id: string) {
  return queryOptions({
    queryKey: ["conversation-members", id],
    queryFn: async ({ signal }) =>
      (
        await data(
          api.GET("/v1/conversations/{conversation_id}/members", {
            params: { path: { conversation_id: id } },
            signal,
          }),
        )
      ).items,
    staleTime: 30_000,
  });
}

export function draftOf(id: string, root: string | null) {
  return queryOptions({
    queryKey: ["draft", id, root],
    queryFn: ({ signal }) =>
      data(
        api.GET("/v1/conversations/{conversation_id}/draft", {
          params: { path: { conversation_id: id }, query: root === null ? {} : { thread_root_id: root } },
          signal,
        }),
      ),
    staleTime: 0,
  });
}

export function foundMessages(q: string) {
  return queryOptions({
    queryKey: ["message-search", q],
    queryFn: ({ signal }) => data(api.GET("/v1/conversations/search", { params: { query: { q } }, signal })),
    enabled: q.trim().length > 1,
    staleTime: 10_000,
  });
}
