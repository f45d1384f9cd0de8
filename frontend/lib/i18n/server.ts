/** Texts for what is made at build time. */
import type { Metadata } from "next";
import { createTranslator, type NamespaceKeys, type NestedKeyOf } from "use-intl/core";
import type { Locale } from "@/lib/i18n/locales";
import { DEFAULT_LOCALE, LOCALES, localizedPath } from "@/lib/i18n/locales";
import type { Messages } from "@/lib/i18n/messages";
import de from "@/messages/de";
import en from "@/messages/en";

const MESSAGES: Record<Locale, Messages> = { en, de };

/** `texts("de", "landing")("title")`. */
export function texts<Namespace extends NamespaceKeys<Messages, NestedKeyOf<Messages>>>(
  locale: Locale,
  namespace: Namespace,
) {
  return createTranslator<Messages, Namespace>({ locale, namespace, messages: MESSAGES[locale] });
}

/** Title, description and the addresses of the other languages; `path` names no language, as `/plans/`. */
export function pageMetadata(locale: Locale, room: keyof Messages, path: string): Metadata {
  const room_texts = MESSAGES[locale][room] as { title: string; description: string };
  return {
    title: `${room_texts.title} · StackPro`,
    description: room_texts.description,
    alternates: {
      canonical: localizedPath(locale, path),
      languages: {
        ...Object.fromEntries(LOCALES.map((each) => [each, localizedPath(each, path)])),
        "x-default": localizedPath(DEFAULT_LOCALE, path),
      },
    },
  };
}
