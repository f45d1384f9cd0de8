"use client";
import { useTranslations } from "use-intl";

/** The apps of a stack, in the order in which they are shown. */
export const APPS = ["crm", "files", "booking", "email_marketing", "website"] as const;

/** The name of an app for people; one that is newer than this page by its key. */
export function useAppName(): (app: string) => string {
  const t = useTranslations("dashboard.apps");
  return (app) => (t.has(app as "crm") ? t(app as "crm") : app);
}
