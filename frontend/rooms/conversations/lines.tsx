"use client";
import { useFormatter, useTranslations } from "use-intl";

/** Where a day begins. */
export function DayLine({ at }: { at: string }) {
  const t = useTranslations("conversations.history");
  const format = useFormatter();
  const day = new Date(at);
  const today = new Date();
  const yesterday = new Date(today.getFullYear(), today.getMonth(), today.getDate() - 1);
  const text =
    day.toDateString() === today.toDateString()
      ? t("today")
      : day.toDateString() === yesterday.toDateString()
        ? t("yesterday")
        : format.dateTime(day, { weekday: "long", day: "numeric", month: "long", year: "numeric" });
  return (
    <div className="mt-4 flex items-center gap-3 px-5 text-xs font-medium text-ink-soft">
      <span className="h-px flex-1 bg-line" />
      <time dateTime={at.slice(0, 10)}>{text}</time>
      <span className="h-px flex-1 bg-line" />
    </div>
  );
}

/** Where what is new to the reader begins. */
export function NewLine() {
  const t = useTranslations("conversations.history");
  return (
    <div data-row="new" className="mt-3 flex items-center gap-3 px-5 text-xs font-semibold text-bad">
      <span className="h-px flex-1 bg-bad" />
      {t("new")}
    </div>
  );
}
