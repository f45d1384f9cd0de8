"use client";
import { useFormatter, useTranslations } from "use-intl";
import type { Names } from "@/components/use-names";
import type { Message } from "@/lib/messaging/types";

type Props = { message: Message; reads: ReadonlyMap<string, number>; names: Names; me: string };
const MOST_NAMES = 3;

/** Who has read so far, below what the reader wrote last. */
export function SeenBy({ message, reads, names, me }: Props) {
  const t = useTranslations("conversations.message");
  const format = useFormatter();
  const seen = [...reads].filter(([user, seq]) => user !== me && seq >= message.seq).map(([user]) => user);
  if (seen.length === 0) return null;
  const shown = seen.slice(0, MOST_NAMES).map(names.nameOf);
  const rest = seen.length - shown.length;
  const list = format.list(rest > 0 ? [...shown, t("others", { count: rest })] : shown);
  return <p className="text-xs text-ink-soft">{t("seen", { names: list })}</p>;
}
