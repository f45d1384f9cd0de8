/** What the rooms read of deployments. */
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api, data } from "@/lib/api/client";
import { UNFINISHED } from "@/lib/deployments/story";

const PAGE = 20;

/** All deployments, newest first, page by page. */
export const deployments = infiniteQueryOptions({
  queryKey: ["deployments"],
  initialPageParam: undefined as string | undefined,
  queryFn: ({ pageParam, signal }) =>
    data(
      api.GET("/v1/deployments", {
        params: { query: { limit: PAGE, ...(pageParam ? { cursor: pageParam } : {}) } },
        signal,
      }),
    ),
  getNextPageParam: (page) => page.next_cursor ?? undefined,
});

/** The id of the deployment to follow: the newest that is at work, else the newest; null before there is one. */
export const presentDeployment = queryOptions({
  queryKey: ["deployments", "present"],
  queryFn: async ({ signal }) => {
    const { items } = await data(api.GET("/v1/deployments", { params: { query: { limit: 5 } }, signal }));
    return (items.find(({ status }) => UNFINISHED.has(status)) ?? items[0])?.id ?? null;
  },
});
