/** What the assistant's rooms ask the API. Every key begins with `ai`. */
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { isOnItsWay } from "@/lib/ai/documents";
import type { Document } from "@/lib/ai/types";
import { allPages } from "@/lib/api/all-pages";
import { api, data } from "@/lib/api/client";

const CHATS = 30;
const ANSWERS = 20;
const BUSY_MS = 4_000;
const STAGE_MS = 1_000;
const MOST_FINDINGS = 200;

/** All knowledge bases, the newest first; asked again while documents are on their way. */
export const knowledgeBases = queryOptions({
  queryKey: ["ai", "knowledge-bases"],
  queryFn: ({ signal }) =>
    allPages((query) => data(api.GET("/v1/knowledge-bases", { params: { query }, signal }))),
  refetchInterval: ({ state }) => (state.data?.some(({ waiting }) => waiting > 0) ? BUSY_MS : false),
});

export function knowledgeBase(id: string) {
  return queryOptions({
    queryKey: ["ai", "knowledge-bases", id],
    queryFn: ({ signal }) =>
      data(
        api.GET("/v1/knowledge-bases/{knowledge_base_id}", {
          params: { path: { knowledge_base_id: id } },
          signal,
        }),
      ),
  });
}

/** One document, from how it was when it was last heard of; asked again while it is on its way. */
export function document(known: Document) {
  const { knowledge_base_id, id } = known;
  return queryOptions({
    queryKey: ["ai", "documents", knowledge_base_id, id],
    queryFn: ({ signal }) =>
      data(
        api.GET("/v1/knowledge-bases/{knowledge_base_id}/documents/{document_id}", {
          params: { path: { knowledge_base_id, document_id: id } },
          signal,
        }),
      ),
    initialData: known,
    refetchInterval: ({ state }) =>
      state.data && state.error === null && isOnItsWay(state.data) ? STAGE_MS : false,
  });
}

/** A passage with its neighbours. What is deleted or closed meanwhile is asked for again, and not shown from memory. */
export function passage(of: { knowledge_base_id: string; document_id: string; passage_id: string }) {
  const { knowledge_base_id, document_id, passage_id } = of;
  return queryOptions({
    queryKey: ["ai", "passages", knowledge_base_id, document_id, passage_id],
    queryFn: ({ signal }) =>
      data(
        api.GET("/v1/knowledge-bases/{knowledge_base_id}/documents/{document_id}/passages/{passage_id}", {
          params: { path: { knowledge_base_id, document_id, passage_id } },
          signal,
        }),
      ),
    staleTime: 0,
    gcTime: 0,
  });
}

/** What was noticed about a document; for who may read it. */
export function findings({ knowledge_base_id, id }: { knowledge_base_id: string; id: string }) {
  return queryOptions({
    queryKey: ["ai", "findings", knowledge_base_id, id],
    queryFn: ({ signal }) =>
      allPages(
        (query) =>
          data(
            api.GET("/v1/knowledge-bases/{knowledge_base_id}/documents/{document_id}/findings", {
              params: { path: { knowledge_base_id, document_id: id }, query },
              signal,
            }),
          ),
        MOST_FINDINGS,
      ),
  });
}

/** All assistants, each with the version that answers. */
export const assistants = queryOptions({
  queryKey: ["ai", "assistants"],
  queryFn: ({ signal }) =>
    allPages((query) => data(api.GET("/v1/assistants", { params: { query }, signal }))),
});

export function assistant(id: string) {
  return queryOptions({
    queryKey: ["ai", "assistants", id],
    queryFn: ({ signal }) =>
      data(api.GET("/v1/assistants/{assistant_id}", { params: { path: { assistant_id: id } }, signal })),
  });
}

/** All versions of an assistant, the newest first; for who manages assistants. */
export function versions(id: string) {
  return queryOptions({
    queryKey: ["ai", "versions", id],
    queryFn: ({ signal }) =>
      allPages((query) =>
        data(
          api.GET("/v1/assistants/{assistant_id}/versions", {
            params: { path: { assistant_id: id }, query },
            signal,
          }),
        ),
      ),
  });
}

/** The platform's models, in the order in which they are asked. */
export const models = queryOptions({
  queryKey: ["ai", "models"],
  queryFn: async ({ signal }) => (await data(api.GET("/v1/assistant-models", { signal }))).items,
  staleTime: 5 * 60_000,
});

/** The reader's chats with all assistants, the latest first, page by page. */
export const chats = infiniteQueryOptions({
  queryKey: ["ai", "chats"],
  initialPageParam: undefined as string | undefined,
  queryFn: ({ pageParam, signal }) =>
    data(
      api.GET("/v1/chats", {
        params: { query: { limit: CHATS, ...(pageParam && { cursor: pageParam }) } },
        signal,
      }),
    ),
  getNextPageParam: (page) => page.next_cursor ?? undefined,
});

/** What was asked and answered in a chat, the latest first, page by page. */
export function answers(chat: string) {
  return infiniteQueryOptions({
    queryKey: ["ai", "answers", chat],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) =>
      data(
        api.GET("/v1/chats/{chat_id}/answers", {
          params: {
            path: { chat_id: chat },
            query: { limit: ANSWERS, ...(pageParam && { cursor: pageParam }) },
          },
          signal,
        }),
      ),
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
}

/** All budgets; for who manages assistants. */
export const budgets = queryOptions({
  queryKey: ["ai", "budgets"],
  queryFn: ({ signal }) =>
    allPages((query) => data(api.GET("/v1/ai-budgets", { params: { query }, signal }))),
});

/** What a month, `2026-11`, was used for; the present one if none is said. For who manages assistants. */
export function use(month: string | undefined) {
  return queryOptions({
    queryKey: ["ai", "use", month ?? "now"],
    queryFn: ({ signal }) =>
      data(api.GET("/v1/ai-use", { params: { query: month === undefined ? {} : { month } }, signal })),
  });
}

/** What an assistant may begin with, by industry; for who manages assistants. */
export function templates(language: "en" | "de") {
  return queryOptions({
    queryKey: ["ai", "templates", language],
    queryFn: async ({ signal }) =>
      (await data(api.GET("/v1/assistant-templates", { params: { query: { language } }, signal }))).items,
    staleTime: Number.POSITIVE_INFINITY,
  });
}
