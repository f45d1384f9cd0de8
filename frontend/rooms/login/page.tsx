import { Texts } from "@/components/intl";
import { PublicFrame } from "@/components/public-frame";
import type { Locale } from "@/lib/i18n/locales";
import { messagesOf, texts } from "@/lib/i18n/server";
import { LoginForm } from "@/rooms/login/form";

export function LoginRoom({ locale }: { locale: Locale }) {
  const t = texts(locale, "login");
  return (
    <PublicFrame locale={locale}>
      <div className="mx-auto flex max-w-md flex-col gap-6 px-4 pt-8 pb-16 sm:pt-16">
        <h1 className="text-3xl font-semibold tracking-tight">{t("title")}</h1>
        <Texts locale={locale} messages={messagesOf(locale, "login", "problems")}>
          <LoginForm />
        </Texts>
      </div>
    </PublicFrame>
  );
}
