/** What the rooms ask the API of conversations. */
import { queryOptions } from "@tanstack/react-query";
import { allPages } from "@/lib/api/all-pages";
import { api, data } from "@/lib/api/client";

/** How many conversations are shown, and followed. */
export const MOST_CONVERSATIONS = 500;

/** The conversations of the person, the most recently active first. */
export function fetchConversations() {
  return allPages((query) => data(api.GET("/v1/conversations", { params: { query } })), MOST_CONVERSATIONS);
}

/** What is not in the list: the archive, or open groups that the person could join. */
export function otherConversations(which: "archived" | "joinable") {
  return queryOptions({
    queryKey: ["other-conversations", which],
    queryFn: ({ signal }) =>
      allPages((query) =>
        data(api.GET("/v1/conversations", { params: { query: { ...query, [which]: true } }, signal })),
      ),
  });
}

export function fetchConversation(id: string) {
  return data(api.GET("/v1/conversations/{conversation_id}", { params: { path: { conversation_id: id } } }));
}

/** Everybody of the business, by whose names messages are signed. */
export const people = queryOptions({
  queryKey: ["people"],
  queryFn: ({ signal }) => allPages((query) => data(api.GET("/v1/members", { params: { query }, signal }))),
  staleTime: 60_000,
});

export function conversationMembers(id: string) {
  return queryOptions({
    queryKey: ["conversation-members", id],
    queryFn: ({ signal }) =>
      allPages((query) =>
        data(
          api.GET("/v1/conversations/{conversation_id}/members", {
            params: { path: { conversation_id: id }, query },
            signal,
          }),
        ),
      ),
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
