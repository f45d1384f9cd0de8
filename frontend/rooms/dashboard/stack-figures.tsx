"use client";
/** Where the stack runs, how reliably, and how much it holds. */
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useFormatter, useLocale, useNow, useTranslations } from "use-intl";
import { Meter } from "@/components/ui/meter";
import type { Schemas } from "@/lib/api/client";
import { plans } from "@/lib/api/queries";
import { sizeText, uptimeText } from "@/lib/figures";

type Props = { stack: Schemas["StackSummary"]; plan: string | null };

export function StackFigures({ stack, plan }: Props) {
  const t = useTranslations("dashboard.figures");
  const locale = useLocale();
  const format = useFormatter();
  const now = useNow({ updateInterval: 60_000 });
  const catalogue = useQuery(plans);
  const found = catalogue.data?.items.find(({ id }) => id === plan);
  const backup = stack.last_backup_at;
  return (
    <dl className="grid gap-x-8 gap-y-4 border-t border-line pt-5 sm:grid-cols-2 lg:grid-cols-5">
      <Figure name={t("host")}>{stack.host_kind ? t(`hosts.${stack.host_kind}`) : t("not_yet")}</Figure>
      <Figure name={t("uptime")}>
        {stack.uptime === null ? t("not_yet") : uptimeText(stack.uptime, locale)}
      </Figure>
      <Use name={t("storage")} used={stack.storage_bytes} limit={found?.limits.storage_bytes} />
      {/* Counted since the stack came to its host, so not to be held against the limit of a month. */}
      <Figure name={t("bandwidth")}>{sizeText(stack.bandwidth_bytes, locale)}</Figure>
      <Figure name={t("backup")}>
        {backup ? (
          <time
            dateTime={backup}
            title={format.dateTime(new Date(backup), { dateStyle: "long", timeStyle: "short" })}
          >
            {format.relativeTime(new Date(backup), now)}
          </time>
        ) : (
          t(found?.backups === null ? "no_backups" : "no_backup_yet")
        )}
      </Figure>
    </dl>
  );
}

function Figure({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="min-h-14">
      <dt className="text-sm text-ink-soft">{name}</dt>
      <dd className="mt-1 font-medium">{children}</dd>
    </div>
  );
}

/** `limit` in bytes; null is unlimited, undefined not known (yet). */
function Use({ name, used, limit }: { name: string; used: number; limit: number | null | undefined }) {
  const t = useTranslations("dashboard.figures");
  const locale = useLocale();
  const size = sizeText(used, locale);
  const text = limit ? t("of", { used: size, limit: sizeText(limit, locale) }) : size;
  return (
    <Figure name={name}>
      {text}
      <div className="mt-2 h-2">
        {limit ? <Meter label={name} text={text} value={used} max={limit} /> : null}
      </div>
    </Figure>
  );
}
