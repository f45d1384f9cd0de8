import { PublicFrame } from "@/components/public-frame";
import type { Locale } from "@/lib/i18n/locales";
import { texts } from "@/lib/i18n/server";

export function LandingRoom({ locale }: { locale: Locale }) {
  const t = texts(locale, "landing");
  return (
    <PublicFrame locale={locale}>
      <div className="mx-auto max-w-6xl px-4 py-16 sm:px-6">
        <h1 className="max-w-3xl text-5xl font-semibold tracking-tight">{t("title")}</h1>
        <p className="mt-4 max-w-2xl text-lg text-ink-soft">{t("description")}</p>
      </div>
    </PublicFrame>
  );
}
