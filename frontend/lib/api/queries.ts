/** What the rooms read, each with its key, so that one answer serves every room. */
import { queryOptions } from "@tanstack/react-query";
import { api, data, publicApi } from "@/lib/api/client";
import { ProblemError } from "@/lib/api/problem";

export const me = queryOptions({
  queryKey: ["me"],
  queryFn: ({ signal }) => data(api.GET("/v1/me", { signal })),
});

export const dashboard = queryOptions({
  queryKey: ["dashboard"],
  queryFn: ({ signal }) => data(api.GET("/v1/dashboard", { signal })),
});

export const plans = queryOptions({
  queryKey: ["plans"],
  queryFn: ({ signal }) => data(publicApi.GET("/v1/billing/plans", { signal })),
  staleTime: 5 * 60_000,
});

/** The subscription; null before the first payment. */
export const subscription = queryOptions({
  queryKey: ["subscription"],
  queryFn: async ({ signal }) => {
    try {
      return await data(api.GET("/v1/billing/subscription", { signal }));
    } catch (error) {
      if (error instanceof ProblemError && error.status === 404) return null;
      throw error;
    }
  },
});

export function deployment(id: string) {
  return queryOptions({
    queryKey: ["deployment", id],
    queryFn: ({ signal }) =>
      data(api.GET("/v1/deployments/{deployment_id}", { params: { path: { deployment_id: id } }, signal })),
  });
}

/** The person's sessions on all devices. */
export const sessions = queryOptions({
  queryKey: ["sessions"],
  queryFn: ({ signal }) => data(api.GET("/v1/auth/sessions", { signal })),
});

/** Whether the platform works; asked more often while it does not. One lost answer is not yet an outage. */
export const platformStatus = queryOptions({
  queryKey: ["platform-status"],
  queryFn: ({ signal }) => data(publicApi.GET("/v1/status", { signal })),
  retry: 1,
  retryDelay: 1_000,
  refetchInterval: ({ state }) =>
    state.status === "error" || state.data?.status === "degraded" ? 5_000 : 30_000,
});

/** The newest deployments, newest first: enough to find the one that an act has just begun. */
export const recentDeployments = queryOptions({
  queryKey: ["deployments", "recent"],
  queryFn: ({ signal }) => data(api.GET("/v1/deployments", { params: { query: { limit: 20 } }, signal })),
});
