/** The languages of the app. A language is a folder of messages and a tree of addresses. */
export const LOCALES = ["en", "de"] as const;
export type Locale = (typeof LOCALES)[number];
export const DEFAULT_LOCALE: Locale = "en";
export const LANGUAGE_NAMES: Record<Locale, string> = { en: "English", de: "Deutsch" };
const RIGHT_TO_LEFT: ReadonlySet<string> = new Set(["ar", "fa", "he", "ur"]);

export function directionOf(locale: string): "ltr" | "rtl" {
  return RIGHT_TO_LEFT.has(locale) ? "rtl" : "ltr";
}

/** `/dashboard/` in English, `/de/dashboard/` in German. `path` begins with a slash and names no language. */
export function localizedPath(locale: Locale, path: string): string {
  return locale === DEFAULT_LOCALE ? path : `/${locale}${path}`;
}

/** The same page in no language: `/de/dashboard/` is `/dashboard/`. */
export function neutralPath(path: string): string {
  const [, first = "", ...rest] = path.split("/");
  const isLocale = LOCALES.some((locale) => locale === first && locale !== DEFAULT_LOCALE);
  return isLocale ? `/${rest.join("/")}` : path;
}
