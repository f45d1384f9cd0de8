"use client";
import { useTranslations } from "use-intl";
import { useMessaging, useTypists } from "@/components/messaging";

/** Who is writing; it has its place whether somebody does or not. */
export function TypingLine({
  conversation,
  nameOf,
}: {
  conversation: string;
  nameOf: (id: string) => string;
}) {
  const t = useTranslations("conversations.typing");
  const me = useMessaging()?.me;
  const typists = useTypists(conversation).filter((user) => user !== me);
  const [first = "", second = ""] = typists.map(nameOf);
  return (
    <p className="h-5 truncate px-4 text-xs text-ink-soft sm:px-5">
      {typists.length === 1 && t("one", { name: first })}
      {typists.length === 2 && t("two", { first, second })}
      {typists.length > 2 && t("many")}
    </p>
  );
}
