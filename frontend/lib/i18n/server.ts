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

/** The texts of some rooms, for the client components of a page that is public: the others cost it nothing. */
export function messagesOf(locale: Locale, ...rooms: (keyof Messages)[]): Messages {
  const all = MESSAGES[locale];
  return Object.fromEntries(rooms.map((room) => [room, all[room]])) as unknown as Messages;
}

/** Where this build will be served, as `https://app.example.com`; unknown where one build serves several installations. */
export const WEB_ORIGIN: string | undefined = process.env.WEB_ORIGIN || undefined;

/**
 * Title, description and the addresses of the other languages; `path` names no language, as `/plans/`. Search engines
 * take canonical and alternate addresses only in full, so that there are none without an origin.
 */
export function pageMetadata(locale: Locale, room: keyof Messages, path: string): Metadata {
  const room_texts = MESSAGES[locale][room] as { title: string; description: string };
  return {
    title: `${room_texts.title} · StackPro`,
    description: room_texts.description,
    ...(WEB_ORIGIN && { metadataBase: new URL(WEB_ORIGIN), alternates: alternatesOf(locale, path) }),
  };
}

function alternatesOf(locale: Locale, path: string): Metadata["alternates"] {
  return {
    canonical: localizedPath(locale, path),
    languages: {
      ...Object.fromEntries(LOCALES.map((each) => [each, localizedPath(each, path)])),
      "x-default": localizedPath(DEFAULT_LOCALE, path),
    },
  };
}
