"use client";
import { useTranslations } from "use-intl";
import { classNames } from "@/components/class-names";
import type { Schemas } from "@/lib/api/client";
import { useAppName } from "@/rooms/dashboard/app-names";

type App = Schemas["AppState"];
type State = App["status"] | "absent" | "off";
const DOTS: Record<State, string> = {
  healthy: "bg-good",
  starting: "bg-accent",
  unhealthy: "bg-bad",
  unknown: "bg-line-strong",
  absent: "bg-line-strong",
  off: "bg-line-strong",
};

/** One app: its name, its state, and the way into it in a new tab once it is there. */
export function AppCard({ name, app, isOff }: { name: string; app: App | undefined; isOff: boolean }) {
  const t = useTranslations("dashboard.app");
  const title = useAppName()(name);
  const state: State = isOff ? "off" : (app?.status ?? "absent");
  return (
    <div className="relative flex h-full min-h-14 items-center justify-between gap-2 rounded-lg border border-line px-4 py-3 sm:min-h-24 sm:flex-col sm:items-start sm:p-4 has-[a:hover]:border-line-strong has-[a:hover]:bg-sunken">
      <h3 className="font-medium">
        {app && !isOff ? (
          <a
            href={app.url}
            target="_blank"
            rel="noopener noreferrer"
            className="after:absolute after:inset-0 after:rounded-lg focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:outline-offset-2 focus-visible:after:outline-accent"
          >
            {title}
            <span aria-hidden="true" className="ms-1 inline-block text-ink-soft rtl:-scale-x-100">
              ↗
            </span>
            <span className="sr-only"> {t("new_tab")}</span>
          </a>
        ) : (
          title
        )}
      </h3>
      <p className="flex items-center gap-2 text-sm text-ink-soft">
        <span aria-hidden="true" className={classNames("size-2 rounded-full", DOTS[state])} />
        {t(`states.${state}`)}
      </p>
    </div>
  );
}
