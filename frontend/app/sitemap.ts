import type { MetadataRoute } from "next";
import { LOCALES, localizedPath } from "@/lib/i18n/locales";
import { WEB_ORIGIN } from "@/lib/i18n/server";

export const dynamic = "force-static";
const PUBLIC_PAGES = ["/", "/plans/", "/signup/", "/login/"];

/** The pages for search engines; none where the build does not know its address, for a sitemap names them in full. */
export default function sitemap(): MetadataRoute.Sitemap {
  if (!WEB_ORIGIN) return [];
  return PUBLIC_PAGES.flatMap((path) =>
    LOCALES.map((locale) => ({
      url: `${WEB_ORIGIN}${localizedPath(locale, path)}`,
      alternates: {
        languages: Object.fromEntries(
          LOCALES.map((each) => [each, `${WEB_ORIGIN}${localizedPath(each, path)}`]),
        ),
      },
    })),
  );
}
