"use client";
/** What the reader is told of, wherever they are in the app. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useFormatter, useTranslations } from "use-intl";
import { classNames } from "@/components/class-names";
import { Link } from "@/components/link";
import { useInbox, useMessaging } from "@/components/messaging";
import { ButtonLink } from "@/components/ui/button";
import { Flyout } from "@/components/ui/flyout";
import { Icon, type IconName } from "@/components/ui/icon";
import { iconButtonClasses } from "@/components/ui/icon-button";
import { type Names, useNames } from "@/components/use-names";
import { api, data } from "@/lib/api/client";
import {
  afterNotificationEvent,
  hrefOf,
  type Notification,
  notifications,
} from "@/lib/messaging/notifications";

export function NotificationBell() {
  const t = useTranslations("common.notifications");
  const { data: found } = useQuery({ ...notifications, enabled: useMessaging() !== null });
  useLiveNotifications();
  const unread = found?.unread ?? 0;
  return (
    <>
      <Flyout
        label={t("title")}
        className="w-96"
        button={{
          "aria-label": unread > 0 ? t("button", { count: unread }) : t("title"),
          className: iconButtonClasses(false, "relative"),
          children: (
            <>
              <Icon name="bell" />
              {unread > 0 && (
                <span
                  aria-hidden="true"
                  className="absolute end-0.5 top-0.5 min-w-5 rounded-full bg-accent px-1 text-center text-xs font-semibold text-on-accent tabular-nums"
                >
                  {unread > 99 ? "99+" : unread}
                </span>
              )}
            </>
          ),
        }}
      >
        {(close) => <List items={found?.items ?? []} onDone={close} />}
      </Flyout>
      <span role="status" className="sr-only">
        {unread > 0 && t("unread", { count: unread })}
      </span>
    </>
  );
}

/** Keeps what was fetched in step with the person's own stream. */
function useLiveNotifications() {
  const inbox = useMessaging()?.inbox;
  const client = useQueryClient();
  useEffect(
    () =>
      inbox?.listenOwn({
        onEvent: (event) =>
          client.setQueryData(
            notifications.queryKey,
            (known) => known && afterNotificationEvent(known, event),
          ),
        onAnew: () => void client.invalidateQueries(notifications),
      }),
    [inbox, client],
  );
}

function List({ items, onDone }: { items: readonly Notification[]; onDone: () => void }) {
  const t = useTranslations("common.notifications");
  const names = useNames();
  // What is seen here is read; until the list is closed, what was new stays marked.
  const [newBefore] = useState(
    () => new Set(items.filter((each) => each.read_at === null).map(({ id }) => id)),
  );
  const newest = items[0]?.seq;
  useEffect(() => {
    if (newest !== undefined)
      void data(api.PUT("/v1/notifications/read", { body: { up_to: newest } })).catch(() => undefined);
  }, [newest]);
  return (
    <>
      <div className="flex items-center justify-between border-b border-line py-2 ps-4 pe-2">
        <h2 className="font-semibold">{t("title")}</h2>
        <ButtonLink tone="quiet" size="sm" href="/account/#notifications">
          {t("preferences")}
        </ButtonLink>
      </div>
      {items.length === 0 ? (
        <p className="px-4 py-8 text-center text-sm text-ink-soft">{t("none")}</p>
      ) : (
        <ul>
          {items.map((item) => (
            <Item key={item.id} item={item} names={names} isNew={newBefore.has(item.id)} onDone={onDone} />
          ))}
        </ul>
      )}
    </>
  );
}

const ICONS: Record<Notification["kind"], IconName> = {
  mention: "user",
  direct_message: "user",
  thread_reply: "reply",
  added_to_conversation: "users",
  trial_ending: "info",
  deployment_succeeded: "check",
  deployment_failed: "info",
  payment_failed: "info",
  document_suspicious: "info",
};

type ItemProps = { item: Notification; names: Names; isNew: boolean; onDone: () => void };

function Item({ item, names, isNew, onDone }: ItemProps) {
  const t = useTranslations("common.notifications");
  const format = useFormatter();
  const { conversations = [] } = useInbox();
  const { conversation_id, sender_id, added_by, days_left } = item.data as Record<string, unknown>;
  const conversation = conversations.find(({ id }) => id === conversation_id);
  const values = {
    name: names.nameOf(String(sender_id ?? added_by)),
    title: conversation ? names.titleOf(conversation) : t("a_conversation"),
    days: Number(days_left ?? 0),
  };
  return (
    <li>
      <Link
        href={hrefOf(item)}
        onClick={onDone}
        className="flex items-start gap-3 border-b border-line px-4 py-3 hover:bg-sunken focus-visible:-outline-offset-2"
      >
        <Icon name={ICONS[item.kind]} className="mt-0.5 text-ink-soft" />
        <span className="min-w-0 flex-1">
          <span className={classNames("block text-sm", isNew && "font-semibold")}>
            {t(`kinds.${item.kind}`, values)}
          </span>
          <time dateTime={item.created_at} className="text-xs text-ink-soft">
            {format.relativeTime(new Date(item.created_at), new Date())}
          </time>
        </span>
        {isNew && <span aria-hidden="true" className="mt-1.5 size-2 rounded-full bg-accent" />}
      </Link>
    </li>
  );
}
