"use client";
/**
 * Lets only a signed-in person stay inside; others sign in first and come back to where they were. What a room shows
 * is asked of the API, which answers nobody else.
 */
import { useRouter } from "next/navigation";
import { type ReactNode, useCallback, useEffect, useState } from "react";
import { useLocale, useTranslations } from "use-intl";
import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import { SignedOutError } from "@/lib/api/problem";
import { type Locale, localizedPath } from "@/lib/i18n/locales";
import { session } from "@/lib/session/session";
import { useSessionStatus } from "@/lib/session/use-session";

const RETRY_MS = 3000;

export function Gate({ children, waiting }: { children: ReactNode; waiting: ReactNode }) {
  const status = useSessionStatus();
  const router = useRouter();
  const locale = useLocale() as Locale;
  const [unreachable, setUnreachable] = useState(false);

  const ask = useCallback(async () => {
    try {
      await session().accessToken();
      setUnreachable(false);
    } catch (error) {
      if (!(error instanceof SignedOutError)) setUnreachable(true);
    }
  }, []);

  useEffect(() => {
    void ask();
  }, [ask]);

  useEffect(() => {
    if (!unreachable) return;
    const timer = setInterval(() => void ask(), RETRY_MS);
    return () => clearInterval(timer);
  }, [unreachable, ask]);

  useEffect(() => {
    if (status !== "signed-out") return;
    const here = `${window.location.pathname}${window.location.search}`;
    router.replace(`${localizedPath(locale, "/login/")}?next=${encodeURIComponent(here)}`);
  }, [status, router, locale]);

  if (status === "signed-out") return waiting;
  // While nobody knows yet, a room shows its own skeleton: what comes has the same place, and the page its heading.
  return status === "unknown" && unreachable ? <Unreachable onRetry={ask} /> : children;
}

function Unreachable({ onRetry }: { onRetry: () => Promise<void> }) {
  const t = useTranslations("common.unreachable");
  return (
    <Notice
      live
      tone="warn"
      title={t("title")}
      actions={
        <Button tone="secondary" size="sm" onClick={onRetry}>
          {t("retry")}
        </Button>
      }
    >
      {t("text")}
    </Notice>
  );
}
