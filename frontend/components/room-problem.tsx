"use client";
/** What a room shows instead of what could not be had. */
import { useTranslations } from "use-intl";
import { Forbidden } from "@/components/forbidden";
import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import { ProblemError } from "@/lib/api/problem";
import { useProblemText } from "@/lib/api/use-problem-text";

export function RoomProblem({ error, onRetry }: { error: Error; onRetry: () => unknown }) {
  const t = useTranslations("common");
  const { textOf } = useProblemText();
  if (error instanceof ProblemError && error.status === 403) return <Forbidden code={error.code} />;
  return (
    <Notice
      live
      tone="warn"
      title={textOf(error)}
      actions={
        <Button tone="secondary" size="sm" onClick={onRetry}>
          {t("retry")}
        </Button>
      }
    />
  );
}
