"use client";
/** What can be done with a deployment: try again what failed, cancel what is at work. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useId } from "react";
import { useLocale, useTranslations } from "use-intl";
import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/dialog";
import { Notice } from "@/components/ui/notice";
import { api, data } from "@/lib/api/client";
import { deployment } from "@/lib/api/queries";
import { useProblemText } from "@/lib/api/use-problem-text";
import { deployments } from "@/lib/deployments/queries";
import { UNFINISHED, type View } from "@/lib/deployments/story";
import { isGoingBack } from "@/lib/deployments/timing";
import { type Locale, localizedPath } from "@/lib/i18n/locales";

/** `next` is the address of the room for the new deployment's id; it names no language. */
export function RetryButton({ view, next }: { view: View; next: (id: string) => string }) {
  const t = useTranslations("deployments.actions");
  const { textOf } = useProblemText();
  const router = useRouter();
  const locale = useLocale() as Locale;
  const client = useQueryClient();
  const retry = useMutation({
    mutationFn: () =>
      data(
        api.POST("/v1/deployments/{deployment_id}/retry", { params: { path: { deployment_id: view.id } } }),
      ),
    onSuccess: ({ id }) => {
      void client.invalidateQueries({ queryKey: deployments.queryKey });
      router.push(localizedPath(locale, next(id)));
    },
    onError: () => client.invalidateQueries(deployment(view.id)),
  });
  if (!view.retryable) return null;
  return (
    <div className="flex flex-col items-start gap-3">
      <Button busy={retry.isPending || retry.isSuccess} onClick={() => retry.mutate()}>
        {t("retry")}
      </Button>
      {retry.isError && <Notice live tone="bad" title={textOf(retry.error)} />}
    </div>
  );
}

/** Asks before it cancels; where that is not possible any more it says why. */
export function CancelButton({ view }: { view: View }) {
  const t = useTranslations("deployments.actions");
  const { textOf } = useProblemText();
  const client = useQueryClient();
  const why = useId();
  const { queryKey } = deployment(view.id);
  const cancel = useMutation({
    mutationFn: () =>
      data(
        api.POST("/v1/deployments/{deployment_id}/cancel", { params: { path: { deployment_id: view.id } } }),
      ),
    onSuccess: () => client.setQueryData(queryKey, (known) => known && { ...known, cancel_requested: true }),
    onSettled: () => client.invalidateQueries({ queryKey }),
  });
  if (!UNFINISHED.has(view.status)) return null;
  const reason = view.cancel_requested
    ? t("canceling")
    : isGoingBack(view)
      ? t("going_back")
      : view.cancelable
        ? undefined
        : t("past_pivot");
  return (
    <div className="flex max-w-md flex-col items-start gap-2 sm:items-end">
      <ConfirmDialog
        trigger={
          <Button tone="secondary" disabled={reason !== undefined} aria-describedby={reason && why}>
            {t("cancel")}
          </Button>
        }
        title={t("confirm.title")}
        confirm={t("confirm.yes")}
        dismiss={t("confirm.no")}
        onConfirm={() => cancel.mutateAsync().catch(() => undefined)}
      >
        {t("confirm.text")}
      </ConfirmDialog>
      {reason && (
        <p id={why} className="text-sm text-ink-soft sm:text-end">
          {reason}
        </p>
      )}
      {cancel.isError && <Notice live tone="bad" title={textOf(cancel.error)} />}
    </div>
  );
}
