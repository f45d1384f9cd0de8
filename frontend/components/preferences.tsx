"use client";
/** Language and theme, at the foot of every page. */
import { usePathname } from "next/navigation";
import { useEffect, useState } from "react";
import { useLocale, useTranslations } from "use-intl";
import { LANGUAGE_NAMES, LOCALES, localizedPath, neutralPath } from "@/lib/i18n/locales";
import { chooseTheme, chosenTheme, type Theme } from "@/lib/theme";

const FIELD = "h-9 rounded-lg border border-line-strong bg-raised px-2 text-sm text-ink";

export function Preferences() {
  const t = useTranslations("common.preferences");
  const locale = useLocale();
  const path = usePathname();
  const [theme, setTheme] = useState<Theme>("system");
  useEffect(() => setTheme(chosenTheme()), []);
  return (
    <div className="flex flex-wrap items-center gap-4 text-sm">
      <nav aria-label={t("language")} className="flex gap-3">
        {LOCALES.map((each) => (
          // Another language is another document (`lang`, `dir`): a full load, with the parameters of this page.
          <a
            key={each}
            href={localizedPath(each, neutralPath(path))}
            hrefLang={each}
            lang={each}
            aria-current={each === locale ? "true" : undefined}
            className="py-2 text-ink-soft underline-offset-4 hover:underline aria-[current]:font-semibold aria-[current]:text-ink"
            onClick={(event) => {
              event.currentTarget.search = window.location.search;
              event.currentTarget.hash = window.location.hash;
            }}
          >
            {LANGUAGE_NAMES[each]}
          </a>
        ))}
      </nav>
      <label className="flex items-center gap-2 text-ink-soft">
        {t("theme")}
        <select
          className={FIELD}
          value={theme}
          onChange={(event) => {
            const chosen = event.target.value as Theme;
            setTheme(chosen);
            chooseTheme(chosen);
          }}
        >
          <option value="system">{t("system")}</option>
          <option value="light">{t("light")}</option>
          <option value="dark">{t("dark")}</option>
        </select>
      </label>
    </div>
  );
}
