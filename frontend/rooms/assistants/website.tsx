"use client";
/** An assistant on the business's website: its widgets, and the tag that brings each onto a page. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useFormatter, useTranslations } from "use-intl";
import { RoomProblem } from "@/components/room-problem";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { ConfirmDialog } from "@/components/ui/dialog";
import { Icon } from "@/components/ui/icon";
import { Skeleton } from "@/components/ui/skeleton";
import { widgets } from "@/lib/ai/quality-queries";
import type { Assistant, Widget } from "@/lib/ai/types";
import { api, data } from "@/lib/api/client";
import { useProblemText } from "@/lib/api/use-problem-text";
import { loadConfig } from "@/lib/config";
import { Outcome } from "@/rooms/account/outcome";
import { WidgetForm } from "@/rooms/assistants/widget-form";

const COPIED_MS = 2_000;

export function Website({ assistant }: { assistant: Assistant }) {
  const t = useTranslations("assistants.website");
  const { textOf } = useProblemText();
  const client = useQueryClient();
  const { data: all, error, refetch } = useQuery(widgets);
  const found = all?.filter(({ assistant_id }) => assistant_id === assistant.id);
  const remove = useMutation({
    mutationFn: (widget_id: string) =>
      data(api.DELETE("/v1/assistant-widgets/{widget_id}", { params: { path: { widget_id } } })),
    onSettled: () => client.invalidateQueries(widgets),
  });
  return (
    <Card aria-labelledby="website" className="flex flex-col gap-4">
      <div className="flex flex-wrap items-start justify-between gap-3">
        <div className="min-w-0 flex-1 basis-72">
          <h2 id="website" className="text-lg font-semibold">
            {t("title")}
          </h2>
          <p className="mt-1 text-sm text-ink-soft">{t("text")}</p>
        </div>
        <WidgetForm
          title={t("new")}
          assistant={assistant.id}
          trigger={
            <Button tone="secondary" size="sm">
              <Icon name="plus" className="size-4" />
              {t("add")}
            </Button>
          }
        />
      </div>
      {!found && (error ? <RoomProblem error={error} onRetry={refetch} /> : <Skeleton className="h-32" />)}
      {found?.length === 0 && <p className="text-ink-soft">{t("none")}</p>}
      {found && found.length > 0 && (
        <ul aria-label={t("label")} className="flex flex-col divide-y divide-line border-t border-line">
          {found.map((widget) => (
            <Row
              key={widget.id}
              widget={widget}
              onDelete={() => remove.mutateAsync(widget.id).catch(() => undefined)}
            />
          ))}
        </ul>
      )}
      <Outcome failed={remove.error ? textOf(remove.error) : undefined} />
    </Card>
  );
}

function Row({ widget, onDelete }: { widget: Widget; onDelete: () => Promise<unknown> }) {
  const t = useTranslations("assistants.website");
  const common = useTranslations("common");
  const format = useFormatter();
  const { name, is_on, origins, visitor_hourly, daily, assistant_id } = widget;
  return (
    <li className="flex flex-col gap-3 py-4">
      <div className="flex flex-wrap items-start justify-between gap-3">
        <div className="min-w-0 flex-1 basis-64">
          <p className="flex flex-wrap items-center gap-2 font-medium">
            <span className="min-w-0 wrap-anywhere">{name}</span>
            <Badge tone={is_on ? "good" : "neutral"}>{t(is_on ? "on" : "off")}</Badge>
          </p>
          <p className="text-sm text-ink-soft wrap-anywhere">
            {t("origins_of", { origins: origins.join(", ") })}
          </p>
          <p className="text-sm text-ink-soft">
            {t("limits", { hourly: format.number(visitor_hourly), daily: format.number(daily) })}
          </p>
        </div>
        <div className="flex gap-2">
          <WidgetForm
            title={t("edit")}
            assistant={assistant_id}
            widget={widget}
            trigger={
              <Button tone="secondary" size="sm" aria-label={t("edit_label", { name })}>
                <Icon name="edit" className="size-4" />
              </Button>
            }
          />
          <ConfirmDialog
            trigger={
              <Button tone="secondary" size="sm" aria-label={t("delete_label", { name })}>
                <Icon name="trash" className="size-4" />
              </Button>
            }
            title={t("delete_title", { name })}
            confirm={t("delete")}
            dismiss={common("cancel")}
            onConfirm={onDelete}
          >
            {t("delete_text")}
          </ConfirmDialog>
        </div>
      </div>
      <Tag widget={widget} />
    </li>
  );
}

/** The one line that a website needs. The script is served where this app is, and asks the API where this app does. */
function Tag({ widget: { key } }: { widget: Widget }) {
  const t = useTranslations("assistants.website");
  const { data: config } = useQuery({
    queryKey: ["config"],
    queryFn: loadConfig,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const [isCopied, setCopied] = useState(false);
  useEffect(() => {
    if (!isCopied) return;
    const timer = setTimeout(() => setCopied(false), COPIED_MS);
    return () => clearTimeout(timer);
  }, [isCopied]);
  if (!config) return <Skeleton className="h-20" />;
  const source = `${window.location.origin}/widget.js`;
  const tag = `<script src="${source}" data-key="${key}" data-api="${config.apiUrl}" async></script>`;
  return (
    <div className="flex flex-col items-start gap-2">
      <p className="text-sm">{t("tag")}</p>
      <code className="w-full rounded-lg border border-line bg-sunken px-3 py-2 font-mono text-sm wrap-anywhere">
        {tag}
      </code>
      <Button
        tone="secondary"
        size="sm"
        onClick={() => void navigator.clipboard.writeText(tag).then(() => setCopied(true))}
      >
        <Icon name={isCopied ? "check" : "copy"} className="size-4" />
        {t("copy")}
      </Button>
      <span role="status" className="sr-only">
        {isCopied && t("copied")}
      </span>
    </div>
  );
}
