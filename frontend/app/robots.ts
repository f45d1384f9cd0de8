import type { MetadataRoute } from "next";
import { WEB_ORIGIN } from "@/lib/i18n/server";

export const dynamic = "force-static";

export default function robots(): MetadataRoute.Robots {
  return {
    rules: { userAgent: "*", allow: "/" },
    ...(WEB_ORIGIN && { sitemap: `${WEB_ORIGIN}/sitemap.xml` }),
  };
}
