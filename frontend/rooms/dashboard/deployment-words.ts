"use client";
import { useTranslations } from "use-intl";
import type { Tone } from "@/components/ui/badge";
import type { Deployment } from "@/rooms/dashboard/standing";

/** What a kind of deployment does, for people; one that is newer than this page by its key. */
export function useKindName(): (kind: string) => string {
  const t = useTranslations("dashboard.kinds");
  return (kind) => (t.has(kind as "create") ? t(kind as "create") : kind);
}

export const STATUS_TONES: Record<Deployment["status"], Tone> = {
  queued: "neutral",
  running: "accent",
  waiting: "accent",
  succeeded: "good",
  rolled_back: "bad",
  rollback_failed: "bad",
  canceled: "neutral",
  needs_customer: "warn",
  needs_operator: "bad",
};
