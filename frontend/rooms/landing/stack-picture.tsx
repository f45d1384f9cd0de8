import type { Locale } from "@/lib/i18n/locales";
import { texts } from "@/lib/i18n/server";
import { APPS, AppIcon } from "@/rooms/landing/app-icon";

/** What one gets, as it looks in the overview. A picture: a screen reader has the same from the list of apps. */
export function StackPicture({ locale }: { locale: Locale }) {
  const t = texts(locale, "landing");
  return (
    <div aria-hidden="true" className="rounded-2xl border border-line bg-raised shadow-card">
      <div className="flex items-center justify-between gap-4 border-b border-line px-5 py-4">
        <span className="min-w-0 truncate font-mono text-sm text-ink-soft">{t("picture.address")}</span>
        <span className="shrink-0 rounded-full bg-good-soft px-2.5 py-0.5 text-sm font-medium text-good">
          {t("picture.live")}
        </span>
      </div>
      <ul className="divide-y divide-line px-5">
        {APPS.map((app) => (
          <li key={app} className="flex items-center gap-4 py-3">
            <AppIcon app={app} />
            <span className="flex-1 font-medium">{t(`apps.${app}.title`)}</span>
            <span className="size-2 rounded-full bg-good" />
          </li>
        ))}
      </ul>
    </div>
  );
}
