import { Providers } from "@/components/providers";
import { PublicFrame } from "@/components/public-frame";
import type { Locale } from "@/lib/i18n/locales";
import { messagesOf, texts } from "@/lib/i18n/server";
import { PlanChoice } from "@/rooms/plans/choice";
import { HeaderActions } from "@/rooms/plans/header-actions";

export function PlansRoom({ locale }: { locale: Locale }) {
  const t = texts(locale, "plans");
  const messages = messagesOf(locale, "common", "plans", "problems");
  return (
    <Providers locale={locale} messages={messages}>
      <PublicFrame locale={locale} actions={<HeaderActions />}>
        <div className="mx-auto max-w-6xl px-4 pt-8 pb-20 sm:px-6 sm:pt-14">
          <h1 className="text-3xl font-semibold tracking-tight sm:text-4xl">{t("title")}</h1>
          <p className="mt-3 max-w-2xl text-lg text-ink-soft">{t("description")}</p>
          <PlanChoice />
        </div>
      </PublicFrame>
    </Providers>
  );
}
