import { Texts } from "@/components/intl";
import { PublicFrame } from "@/components/public-frame";
import type { Locale } from "@/lib/i18n/locales";
import { messagesOf, texts } from "@/lib/i18n/server";
import { SignupForm } from "@/rooms/signup/form";

const GAINS = ["apps", "address", "card", "keep"] as const;

export function SignupRoom({ locale }: { locale: Locale }) {
  const t = texts(locale, "signup");
  return (
    <PublicFrame locale={locale}>
      <div className="mx-auto grid max-w-5xl gap-x-16 gap-y-10 px-4 pt-8 pb-16 sm:px-6 sm:pt-14 lg:grid-cols-[minmax(0,26rem)_minmax(0,1fr)]">
        <div className="flex flex-col gap-6">
          <div>
            <h1 className="text-3xl font-semibold tracking-tight">{t("title")}</h1>
            <p className="mt-2 text-ink-soft">{t("description")}</p>
          </div>
          <Texts locale={locale} messages={messagesOf(locale, "signup", "login", "problems")}>
            <SignupForm />
          </Texts>
        </div>
        <aside aria-labelledby="gains" className="self-start rounded-xl bg-sunken p-6 sm:p-8 lg:mt-24">
          <h2 id="gains" className="font-semibold">
            {t("gains.title")}
          </h2>
          <ol className="mt-5 flex flex-col gap-5">
            {GAINS.map((gain) => (
              <li key={gain}>
                <p className="font-medium">{t(`gains.${gain}.title`)}</p>
                <p className="text-ink-soft">{t(`gains.${gain}.text`)}</p>
              </li>
            ))}
          </ol>
        </aside>
      </div>
    </PublicFrame>
  );
}
