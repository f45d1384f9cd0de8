"use client";
/** Tells a screen reader of what others write, and not of what is fetched while one reads back. */
import { useEffect, useRef, useState } from "react";
import { useTranslations } from "use-intl";
import type { Names } from "@/components/use-names";
import { plainText } from "@/lib/messaging/markup";
import type { Message } from "@/lib/messaging/types";

export function Announcer({
  messages,
  names,
  me,
}: {
  messages: readonly Message[];
  names: Names;
  me: string;
}) {
  const t = useTranslations("conversations.message");
  const [text, setText] = useState("");
  const known = useRef<number | null>(null);
  const newest = messages.at(-1);
  useEffect(() => {
    const before = known.current;
    known.current = Math.max(before ?? 0, newest?.seq ?? 0);
    if (before === null || newest === undefined || newest.seq <= before || newest.sender_id === me) return;
    const name = names.nameOf(newest.sender_id);
    setText(t("announced", { name, text: plainText(newest.text ?? "", names.nameOf) }));
  }, [newest, names, me, t]);
  return (
    <p aria-live="polite" className="sr-only">
      {text}
    </p>
  );
}
