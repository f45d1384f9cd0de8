"use client";
import { useFormatter, useTranslations } from "use-intl";
import type { Presence } from "@/packages/realtime";

/** How somebody is, in words. */
export function usePresenceText(): (presence: Presence | undefined) => string {
  const t = useTranslations("conversations.presence");
  const format = useFormatter();
  return (presence) => {
    if (presence === undefined) return "\u00a0";
    if (presence.state !== "offline") return t(presence.state);
    if (presence.last_seen_at === null) return t("offline");
    return t("last_seen", { when: format.relativeTime(new Date(presence.last_seen_at), new Date()) });
  };
}
