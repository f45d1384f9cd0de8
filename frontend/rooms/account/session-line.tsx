"use client";
import { useFormatter, useNow, useTranslations } from "use-intl";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/dialog";
import type { Schemas } from "@/lib/api/client";
import { deviceOf } from "@/rooms/account/device";

type Props = { item: Schemas["SessionAnswer"]; onEnd: () => Promise<unknown> };

/** One sign-in: the device, when it was last used, and the way to end it. */
export function SessionLine({ item, onEnd }: Props) {
  const t = useTranslations("account.sessions");
  const common = useTranslations("common");
  const format = useFormatter();
  const now = useNow({ updateInterval: 60_000 });
  const device = useDeviceName()(item.user_agent);
  const used = new Date(item.last_used_at);
  // Business time may be ahead of this clock by a little; nothing was used in the future.
  const when = format.relativeTime(used > now ? now : used, now);
  return (
    <li className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 border-t border-line py-3 first:border-t-0">
      <div className="min-w-0">
        <p className="flex flex-wrap items-center gap-2 font-medium">
          {device}
          {item.current && <Badge tone="good">{t("this_one")}</Badge>}
        </p>
        <p className="text-sm text-ink-soft">
          {t("last_used", { when })},{" "}
          {t("since", { date: format.dateTime(new Date(item.created_at), { dateStyle: "medium" }) })}
        </p>
      </div>
      {!item.current && (
        <ConfirmDialog
          trigger={
            <Button tone="secondary" size="sm" aria-label={t("end_label", { device, when })}>
              {t("end")}
            </Button>
          }
          title={t("end_title")}
          confirm={t("end")}
          dismiss={common("cancel")}
          onConfirm={onEnd}
        >
          {t("end_text", { device })}
        </ConfirmDialog>
      )}
    </li>
  );
}

function useDeviceName(): (userAgent: string | null) => string {
  const t = useTranslations("account.sessions");
  return (userAgent) => {
    const { browser, system } = deviceOf(userAgent);
    if (browser && system) return t("device", { browser, system });
    return browser ?? system ?? t("unknown");
  };
}
