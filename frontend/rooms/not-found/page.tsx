import { Brand } from "@/components/brand";
import { buttonClasses } from "@/components/ui/button-classes";
import { LOCALES, localizedPath } from "@/lib/i18n/locales";
import { texts } from "@/lib/i18n/server";

/** An address that leads nowhere. Its language is unknown, so it speaks them all. */
export function NotFoundRoom() {
  return (
    <main className="mx-auto flex min-h-dvh max-w-2xl flex-col justify-center gap-10 px-6 py-16">
      <a href="/">
        <Brand />
      </a>
      {LOCALES.map((locale) => {
        const t = texts(locale, "errors");
        return (
          <section key={locale} lang={locale}>
            <h1 className="text-3xl font-semibold tracking-tight">{t("not_found.title")}</h1>
            <p className="mt-2 text-ink-soft">{t("not_found.text")}</p>
            <a
              href={localizedPath(locale, "/dashboard/")}
              className={buttonClasses({ tone: "secondary" }, "mt-4")}
            >
              {t("not_found.action")}
            </a>
          </section>
        );
      })}
    </main>
  );
}
