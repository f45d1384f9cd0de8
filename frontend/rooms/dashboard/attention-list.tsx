"use client";
/** What needs attention first, each with the one thing to do. */
import { useState } from "react";
import { useFormatter, useTranslations } from "use-intl";
import { Button, ButtonLink } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import { useAppName } from "@/rooms/dashboard/app-names";
import { type Attention, attentionOf, type Dashboard } from "@/rooms/dashboard/standing";

type Props = { dashboard: Dashboard; onAskAgain: () => Promise<unknown> };

export function AttentionList({ dashboard, onAskAgain }: Props) {
  const t = useTranslations("dashboard.attention");
  const items = attentionOf(dashboard);
  return (
    // Always there, so that what is added to it is announced.
    <section aria-label={t("label")} aria-live="polite" className="flex flex-col gap-3 empty:-mb-6">
      {items.map((item) => (
        <Item key={item.kind} item={item} onAskAgain={onAskAgain} />
      ))}
    </section>
  );
}

function Item({ item, onAskAgain }: { item: Attention; onAskAgain: () => Promise<unknown> }) {
  const t = useTranslations("dashboard.attention");
  const format = useFormatter();
  const appName = useAppName();
  const { days = 0, date, apps = [] } = item.values ?? {};
  const values = {
    days,
    date: date ? format.dateTime(new Date(date), { dateStyle: "long" }) : "",
    apps: format.list(apps.map(appName)),
    count: apps.length,
  };
  return (
    <Notice
      tone={item.tone}
      title={t(`${item.kind}.title`, values)}
      actions={
        item.todo === "ask_again" ? (
          <AskAgain label={t(`${item.kind}.action`)} onAskAgain={onAskAgain} />
        ) : (
          <ButtonLink href={item.todo.href} tone={item.tone === "accent" ? "secondary" : "primary"}>
            {t(`${item.kind}.action`)}
          </ButtonLink>
        )
      }
    >
      {t(`${item.kind}.text`, values)}
    </Notice>
  );
}

function AskAgain({ label, onAskAgain }: { label: string; onAskAgain: () => Promise<unknown> }) {
  const [busy, setBusy] = useState(false);
  const ask = async () => {
    setBusy(true);
    await onAskAgain();
    setBusy(false);
  };
  return (
    <Button tone="secondary" busy={busy} onClick={ask}>
      {label}
    </Button>
  );
}
