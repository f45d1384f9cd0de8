import { describe, expect, it } from "vitest";
import { afterNotificationEvent, hrefOf, type Notification } from "@/lib/messaging/notifications";

const told = (id: string, seq: number, values: Partial<Notification> = {}): Notification => ({
  id,
  seq,
  kind: "mention",
  data: {},
  created_at: "then",
  read_at: null,
  ...values,
});
const event = (seq: number, kind: string, data: Record<string, unknown>) => ({
  stream: "me",
  epoch: "one",
  seq,
  kind,
  actor_id: null,
  at: "now",
  data,
});

describe("notifications", () => {
  it("come first and count, each once", () => {
    const page = { items: [told("a", 1)], next_cursor: null, unread: 1 };
    const { seq: _, ...bare } = told("b", 2);
    const once = afterNotificationEvent(page, event(2, "notification.created", { notification: bare }));
    expect(once).toMatchObject({ unread: 2, items: [{ id: "b", seq: 2 }, { id: "a" }] });
    expect(afterNotificationEvent(once, event(2, "notification.created", { notification: bare }))).toBe(once);
  });

  it("are read up to the place that another device tells", () => {
    const page = { items: [told("b", 2), told("a", 1)], next_cursor: null, unread: 2 };
    const read = afterNotificationEvent(page, event(3, "notification.read", { up_to: 1, unread: 1 }));
    expect(read.items.map(({ read_at }) => read_at)).toEqual([null, "now"]);
    expect(read.unread).toBe(1);
  });

  it.each([
    ["mention", { conversation_id: "c" }, "/conversations/?id=c"],
    ["deployment_failed", { deployment_id: "d" }, "/deployments/view/?id=d"],
    ["document_suspicious", { knowledge_base_id: "k", document_id: "d" }, "/knowledge/base/?id=k&document=d"],
    ["trial_ending", { days_left: 3 }, "/plans/"],
    ["payment_failed", {}, "/billing/"],
  ] as const)("lead to what they are about: %s", (kind, data, path) => {
    expect(hrefOf(told("a", 1, { kind, data }))).toBe(path);
  });
});
