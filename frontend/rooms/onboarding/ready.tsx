"use client";
/** The moment it becomes live: the address, and the five apps. */
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { Button, ButtonLink } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Skeleton } from "@/components/ui/skeleton";
import { dashboard } from "@/lib/api/queries";
import type { View } from "@/lib/deployments/story";
import { secondsBetween } from "@/lib/deployments/timing";
import { useSpans } from "@/rooms/deployments/words";
import { Details } from "@/rooms/onboarding/building";

const LOOK_MS = 2000;
/** The order in which they are shown. */
const APPS = ["website", "crm", "files", "booking", "email_marketing"] as const;

export function Ready({ view }: { view: View }) {
  const t = useTranslations("onboarding.ready");
  const spans = useSpans();
  const { data } = useQuery({
    ...dashboard,
    refetchInterval: (query) => (query.state.data?.stack?.url ? false : LOOK_MS),
  });
  const url = data?.stack?.url;
  const taken = secondsBetween(view.started_at, view.finished_at, 0) ?? 0;
  return (
    <>
      <Card className="flex animate-live flex-col items-center gap-4 px-4 py-10 text-center sm:px-10">
        <LiveMark />
        <h1 className="text-3xl font-semibold tracking-tight sm:text-4xl">{t("title")}</h1>
        <p className="text-ink-soft">{t("lead", { taken: spans.exact(taken) })}</p>
        {url ? <Address url={url} /> : <Skeleton className="h-28 w-full max-w-md" />}
      </Card>
      <section aria-label={t("apps")}>
        <h2 className="text-lg font-semibold">{t("apps")}</h2>
        <ul className="mt-3 grid gap-3 sm:grid-cols-2">
          {APPS.map((name) => (
            <AppCard key={name} name={name} url={data?.stack?.apps[name]?.url} />
          ))}
        </ul>
      </section>
      <div className="flex flex-wrap gap-4">
        <ButtonLink href="/dashboard/">{t("dashboard")}</ButtonLink>
        <Details view={view} />
      </div>
    </>
  );
}

function LiveMark() {
  return (
    <span
      aria-hidden="true"
      className="relative grid size-16 place-items-center rounded-full bg-good-soft text-good"
    >
      <span className="absolute inset-0 animate-ring rounded-full border-2 border-current" />
      <svg
        aria-hidden="true"
        viewBox="0 0 24 24"
        className="size-8"
        fill="none"
        stroke="currentColor"
        strokeWidth="2.5"
        strokeLinecap="round"
        strokeLinejoin="round"
      >
        <path pathLength="1" className="animate-draw" d="m5 12.5 4.5 4.5L19 7.5" />
      </svg>
    </span>
  );
}

function Address({ url }: { url: string }) {
  const t = useTranslations("onboarding.ready");
  const [isCopied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(url);
    setCopied(true);
  };
  return (
    <div className="flex w-full flex-col items-center gap-4">
      <a
        href={url}
        target="_blank"
        rel="noreferrer"
        className="max-w-full rounded-lg bg-accent-soft px-4 py-3 font-mono text-accent wrap-anywhere hover:underline sm:text-lg"
      >
        {url.replace(/^https?:\/\//, "")}
        <span className="sr-only"> ({t("new_window")})</span>
      </a>
      <div className="flex flex-wrap justify-center gap-2">
        <ButtonLink external href={url}>
          {t("open")}
        </ButtonLink>
        <Button tone="secondary" onClick={() => void copy().catch(() => undefined)}>
          <span aria-live="polite">{t(isCopied ? "copied" : "copy")}</span>
        </Button>
      </div>
    </div>
  );
}

function AppCard({ name, url }: { name: (typeof APPS)[number]; url: string | undefined }) {
  const t = useTranslations("onboarding");
  return (
    <li className="relative flex sm:first:col-span-2 items-center justify-between gap-4 rounded-xl border border-line bg-raised px-4 py-3 shadow-card hover:border-line-strong">
      <div className="min-w-0">
        <h3 className="font-medium">{t(`apps.${name}.name`)}</h3>
        <p className="text-sm text-ink-soft">{t(`apps.${name}.text`)}</p>
      </div>
      {url ? (
        <a
          href={url}
          target="_blank"
          rel="noreferrer"
          className="py-2 text-sm font-medium text-accent after:absolute after:inset-0 after:rounded-xl"
        >
          {t("ready.open_app")}
          <span className="sr-only">
            {" "}
            {t(`apps.${name}.name`)} ({t("ready.new_window")})
          </span>
        </a>
      ) : (
        <Skeleton className="h-5 w-12" />
      )}
    </li>
  );
}
