"use client";
/** The frame of every room behind the sign-in: navigation, the platform's state, and who is here. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { usePathname } from "next/navigation";
import { type ReactNode, useEffect } from "react";
import { useTranslations } from "use-intl";
import { ASSISTANT_ROOMS, AssistantTabs } from "@/components/assistant-tabs";
import { Brand } from "@/components/brand";
import { classNames } from "@/components/class-names";
import { Gate } from "@/components/gate";
import { Link } from "@/components/link";
import { LinkRow } from "@/components/link-row";
import { MessagingProvider, useInbox } from "@/components/messaging";
import { NotificationBell } from "@/components/notification-bell";
import { Preferences } from "@/components/preferences";
import { Providers } from "@/components/providers";
import { StatusLine } from "@/components/status-line";
import { Button } from "@/components/ui/button";
import { Skeleton } from "@/components/ui/skeleton";
import { me } from "@/lib/api/queries";
import { type Locale, neutralPath } from "@/lib/i18n/locales";
import type { Messages } from "@/lib/i18n/messages";
import { session } from "@/lib/session/session";
import { useSessionStatus } from "@/lib/session/use-session";

/** The rooms, in the order of the navigation; the assistant has several. */
const ROOMS = [
  "dashboard",
  "conversations",
  "assistant",
  "deployments",
  "team",
  "billing",
  "account",
] as const;

export function AppShell({
  locale,
  messages,
  children,
}: {
  locale: Locale;
  messages: Messages;
  children: ReactNode;
}) {
  return (
    <Providers locale={locale} messages={messages}>
      <MessagingProvider>
        <Frame>{children}</Frame>
      </MessagingProvider>
    </Providers>
  );
}

function Frame({ children }: { children: ReactNode }) {
  const t = useTranslations("common");
  useForgetOnSignOut();
  const path = neutralPath(usePathname());
  // Conversations fill the screen, scroll within it, and say themselves what being offline means there.
  const tellsOffline = !path.startsWith("/conversations/");
  const isFull = !tellsOffline || path.startsWith("/ask/");
  return (
    <div className={classNames("flex flex-col bg-sunken", isFull ? "h-dvh" : "min-h-dvh")}>
      <a
        href="#main"
        className="sr-only focus:not-sr-only focus:absolute focus:start-2 focus:top-2 focus:z-10 focus:rounded-lg focus:bg-raised focus:p-3"
      >
        {t("skip")}
      </a>
      <header className="border-b border-line bg-raised">
        <div className="mx-auto flex max-w-6xl flex-wrap items-center justify-between gap-x-4 px-4 sm:px-6">
          <Link href="/dashboard/" className="py-4">
            <Brand />
          </Link>
          <Account />
          <Navigation />
        </div>
        {isOfAssistant(path) && <AssistantTabs path={path} />}
      </header>
      <StatusLine tellsOffline={tellsOffline} />
      <main
        id="main"
        className={classNames("w-full flex-1", isFull ? "min-h-0" : "mx-auto max-w-6xl px-4 py-8 sm:px-6")}
      >
        <Gate waiting={<Waiting />}>{children}</Gate>
      </main>
      {!isFull && (
        <footer className="mx-auto w-full max-w-6xl px-4 py-6 sm:px-6">
          <Preferences />
        </footer>
      )}
    </div>
  );
}

function isOfAssistant(path: string): boolean {
  return ASSISTANT_ROOMS.some((room) => path.startsWith(`/${room}/`));
}

function Navigation() {
  const t = useTranslations("common.navigation");
  const path = neutralPath(usePathname());
  const isSignedIn = useSessionStatus() === "signed-in";
  const { data: who } = useQuery({ ...me, enabled: isSignedIn });
  // Who may not ask comes to read.
  const assistant = who?.permissions.includes("assistant:use") === false ? "knowledge" : "ask";
  return (
    <LinkRow
      label={t("label")}
      present={path}
      className="order-last -mx-2 w-full overflow-x-auto xl:order-none xl:w-auto"
    >
      <ul className="flex justify-between gap-0.5 sm:justify-start sm:gap-1">
        {ROOMS.map((room) => (
          <li key={room}>
            <Link
              href={`/${room === "assistant" ? assistant : room}/`}
              aria-current={
                (room === "assistant" ? isOfAssistant(path) : path.startsWith(`/${room}/`))
                  ? "page"
                  : undefined
              }
              className="block border-b-2 border-transparent px-1 py-3 text-sm font-medium whitespace-nowrap text-ink-soft hover:text-ink aria-[current]:border-accent aria-[current]:text-ink sm:px-2.5 sm:text-base xl:px-2 xl:py-4 xl:text-[0.9375rem]"
            >
              {t(room)}
              {room === "conversations" && <UnreadBadge />}
            </Link>
          </li>
        ))}
      </ul>
    </LinkRow>
  );
}

/** How many conversations have something new, those aside that were muted. */
function UnreadBadge() {
  const t = useTranslations("common.navigation");
  const { conversations = [] } = useInbox();
  const now = Date.now();
  const count = conversations.filter(
    ({ unread, muted_until }) => unread > 0 && (muted_until === null || Date.parse(muted_until) < now),
  ).length;
  if (count === 0) return null;
  return (
    <span className="ms-1.5 inline-block min-w-5 rounded-full bg-accent px-1.5 text-center text-xs font-semibold text-on-accent tabular-nums">
      <span aria-hidden="true">{count}</span>
      <span className="sr-only">{t("unread", { count })}</span>
    </span>
  );
}

function Account() {
  const t = useTranslations("common");
  const status = useSessionStatus();
  const who = useQuery({ ...me, enabled: status === "signed-in" });
  return (
    <div className="flex min-w-0 items-center gap-2 xl:order-last">
      <span className="hidden max-w-40 truncate text-sm text-ink-soft sm:inline xl:max-w-28">
        {who.data?.tenant.name}
      </span>
      <NotificationBell />
      <Button
        tone="quiet"
        size="sm"
        onClick={() =>
          void session()
            .close()
            .catch(() => undefined)
        }
      >
        {t("sign_out")}
      </Button>
    </div>
  );
}

/** What one person saw is not shown to the next. */
function useForgetOnSignOut() {
  const status = useSessionStatus();
  const client = useQueryClient();
  useEffect(() => {
    if (status === "signed-out") client.clear();
  }, [status, client]);
}

function Waiting() {
  return (
    <div className="flex flex-col gap-6">
      <Skeleton className="h-9 w-64" />
      <div className="grid gap-4 sm:grid-cols-2 lg:grid-cols-3">
        <Skeleton className="h-40" />
        <Skeleton className="h-40" />
        <Skeleton className="h-40" />
      </div>
    </div>
  );
}
