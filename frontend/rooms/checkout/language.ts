"use client";
/** Stripe leads back to one address for all languages: the one that was read before is kept for this tab alone. */
import { useEffect } from "react";
import { useLocale } from "use-intl";
import { LOCALES, type Locale, localizedPath, neutralPath } from "@/lib/i18n/locales";

const KEY = "stackpro-checkout-language";

export function rememberLanguage(locale: Locale): void {
  sessionStorage.setItem(KEY, locale);
}

/** After the return: goes on in the language in which the checkout was begun, once. */
export function useRememberedLanguage(): void {
  const locale = useLocale();
  useEffect(() => {
    const begun = LOCALES.find((each) => each === sessionStorage.getItem(KEY));
    sessionStorage.removeItem(KEY);
    if (!begun || begun === locale) return;
    const { pathname, search } = window.location;
    window.location.replace(`${localizedPath(begun, neutralPath(pathname))}${search}`);
  }, [locale]);
}
