"use client";
/** Gives the texts of a language to the client components below. */
import type { ReactNode } from "react";
import { IntlProvider } from "use-intl";
import type { Locale } from "@/lib/i18n/locales";
import type { Messages } from "@/lib/i18n/messages";

type Props = { locale: Locale; messages: Partial<Messages>; children: ReactNode };

export function Texts({ locale, messages, children }: Props) {
  return (
    <IntlProvider locale={locale} messages={messages as Messages} timeZone={zone()}>
      {children}
    </IntlProvider>
  );
}

function zone(): string {
  return typeof window === "undefined" ? "UTC" : Intl.DateTimeFormat().resolvedOptions().timeZone;
}
