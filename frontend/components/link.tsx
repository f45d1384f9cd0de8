"use client";
/** A link to a page of the app, in the language that is being read. */
import NextLink from "next/link";
import type { ComponentProps } from "react";
import { useLocale } from "use-intl";
import { type Locale, localizedPath } from "@/lib/i18n/locales";

type Props = Omit<ComponentProps<typeof NextLink>, "href"> & { href: string };

export function Link({ href, ...rest }: Props) {
  return <NextLink href={localizedPath(useLocale() as Locale, href)} {...rest} />;
}
