/** What the person is told of, as fetched, and as their own stream changes it. */
import { queryOptions } from "@tanstack/react-query";
import { api, data, type Schemas } from "@/lib/api/client";
import type { StreamEvent } from "@/packages/realtime";

export type Notification = Schemas["NotificationAnswer"];
export type NotificationPage = Schemas["NotificationPage"];
const SHOWN = 20;

export const notifications = queryOptions({
  queryKey: ["notifications"],
  queryFn: ({ signal }) =>
    data(api.GET("/v1/notifications", { params: { query: { limit: SHOWN } }, signal })),
  staleTime: Number.POSITIVE_INFINITY,
});

export const notificationPreferences = queryOptions({
  queryKey: ["notification-preferences"],
  queryFn: ({ signal }) => data(api.GET("/v1/notifications/preferences", { signal })),
});

/** The page after an event of the person's own stream. */
export function afterNotificationEvent(page: NotificationPage, event: StreamEvent): NotificationPage {
  if (event.kind === "notification.created") {
    const added = { ...(event.data.notification as Notification), seq: event.seq };
    if (page.items.some(({ id }) => id === added.id)) return page;
    return { ...page, items: [added, ...page.items].slice(0, SHOWN), unread: page.unread + 1 };
  }
  if (event.kind !== "notification.read") return page;
  const upTo = event.data.up_to as number;
  const items = page.items.map((each) =>
    each.seq <= upTo && each.read_at === null ? { ...each, read_at: event.at } : each,
  );
  return { ...page, items, unread: event.data.unread as number };
}

/** Where one goes from there. */
export function hrefOf({ kind, data: about }: Notification): string {
  const { conversation_id, deployment_id, knowledge_base_id, document_id } = about as Record<string, unknown>;
  if (typeof conversation_id === "string") return `/conversations/?id=${conversation_id}`;
  if (typeof deployment_id === "string") return `/deployments/view/?id=${deployment_id}`;
  if (typeof knowledge_base_id === "string")
    return `/knowledge/base/?id=${knowledge_base_id}&document=${document_id}`;
  return kind === "trial_ending" ? "/plans/" : "/billing/";
}
