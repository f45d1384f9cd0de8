/** The frame of the pages before the sign-in; made on the server, so that it costs no script. */
import type { ReactNode } from "react";
import { Brand } from "@/components/brand";
import { Texts } from "@/components/intl";
import { Preferences } from "@/components/preferences";
import { buttonClasses } from "@/components/ui/button-classes";
import { type Locale, localizedPath } from "@/lib/i18n/locales";
import { texts } from "@/lib/i18n/server";
import de from "@/messages/de";
import en from "@/messages/en";

const MESSAGES = { en, de };

type Props = { locale: Locale; children: ReactNode; actions?: ReactNode };

/** `actions` stand at the end of the header, in place of the links to sign in and up. */
export function PublicFrame({ locale, children, actions }: Props) {
  const t = texts(locale, "common");
  const preferences = { common: { preferences: MESSAGES[locale].common.preferences } } as unknown as Partial<
    typeof en
  >;
  return (
    <div className="flex min-h-dvh flex-col">
      <header className="mx-auto flex w-full max-w-6xl items-center justify-between px-4 py-4 sm:px-6">
        <a href={localizedPath(locale, "/")}>
          <Brand />
        </a>
        <nav aria-label={t("navigation.label")} className="flex items-center gap-2">
          <a
            className={buttonClasses({ tone: "quiet", size: "sm" }, "max-sm:hidden")}
            href={localizedPath(locale, "/plans/")}
          >
            {texts(locale, "plans")("link")}
          </a>
          {actions ?? (
            <>
              <a
                className={buttonClasses({ tone: "quiet", size: "sm" })}
                href={localizedPath(locale, "/login/")}
              >
                {t("sign_in")}
              </a>
              <a
                className={buttonClasses({ size: "sm" }, "max-[26rem]:hidden")}
                href={localizedPath(locale, "/signup/")}
              >
                {t("start_trial")}
              </a>
            </>
          )}
        </nav>
      </header>
      <main className="flex-1">{children}</main>
      <footer className="border-t border-line">
        <div className="mx-auto flex max-w-6xl flex-wrap items-center justify-between gap-4 px-4 py-6 sm:px-6">
          <p className="text-sm text-ink-soft">{t("claim")}</p>
          <Texts locale={locale} messages={preferences}>
            <Preferences />
          </Texts>
        </div>
      </footer>
    </div>
  );
}
