/** What is asked of an assistant's quality, and of its place on websites; all for who manages assistants. */
import { queryOptions } from "@tanstack/react-query";
import { allPages } from "@/lib/api/all-pages";
import { api, data } from "@/lib/api/client";

const LOOK_MS = 1_500;
const MOST_RUNS = 50;
const MOST_DOCUMENTS = 500;

/** What every version of an assistant is asked. */
export function evaluationQuestions(assistant_id: string) {
  return queryOptions({
    queryKey: ["ai", "evaluation-questions", assistant_id],
    queryFn: async ({ signal }) => {
      const params = { path: { assistant_id } };
      return (await data(api.GET("/v1/assistants/{assistant_id}/evaluation-questions", { params, signal })))
        .items;
    },
  });
}

/** An assistant's evaluations, the latest first; looked at again while one goes on. */
export function evaluations(assistant_id: string) {
  return queryOptions({
    queryKey: ["ai", "evaluations", assistant_id],
    queryFn: ({ signal }) =>
      allPages(
        (query) =>
          data(
            api.GET("/v1/assistants/{assistant_id}/evaluations", {
              params: { path: { assistant_id }, query },
              signal,
            }),
          ),
        MOST_RUNS,
      ),
    refetchInterval: ({ state }) => (state.data?.some((run) => run.state === "running") ? LOOK_MS : false),
  });
}

/** One evaluation with every answer. */
export function evaluation(assistant_id: string, run_id: string) {
  return queryOptions({
    queryKey: ["ai", "evaluations", assistant_id, run_id],
    queryFn: ({ signal }) =>
      data(
        api.GET("/v1/assistants/{assistant_id}/evaluations/{run_id}", {
          params: { path: { assistant_id, run_id } },
          signal,
        }),
      ),
  });
}

/** The documents that are ready in some knowledge bases, by their names. */
export function readyDocuments(bases: readonly string[]) {
  return queryOptions({
    queryKey: ["ai", "ready-documents", ...bases],
    queryFn: async ({ signal }) => {
      const found = await Promise.all(
        bases.map((knowledge_base_id) =>
          allPages(
            (query) =>
              data(
                api.GET("/v1/knowledge-bases/{knowledge_base_id}/documents", {
                  params: { path: { knowledge_base_id }, query: { ...query, state: "ready" } },
                  signal,
                }),
              ),
            MOST_DOCUMENTS,
          ),
        ),
      );
      return found.flat().sort((one, other) => one.name.localeCompare(other.name));
    },
  });
}

/** All widgets of the business. */
export const widgets = queryOptions({
  queryKey: ["ai", "widgets"],
  queryFn: ({ signal }) =>
    allPages((query) => data(api.GET("/v1/assistant-widgets", { params: { query }, signal }))),
});
