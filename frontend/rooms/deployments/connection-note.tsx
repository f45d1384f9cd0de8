"use client";
import { useTranslations } from "use-intl";
import { classNames } from "@/components/class-names";
import type { Connection } from "@/lib/live/follow";

const LOOKS: Record<Connection, string> = {
  live: "text-good",
  interrupted: "text-warn",
  connecting: "text-ink-soft",
  ended: "text-ink-soft",
};

/** Says honestly whether what is shown is live; it keeps its line, so that nothing moves when it changes. */
export function ConnectionNote({ connection }: { connection: Connection }) {
  const t = useTranslations("deployments.connection");
  return (
    <p role="status" className={classNames("flex items-center gap-2 text-sm font-medium", LOOKS[connection])}>
      <span
        aria-hidden="true"
        className={classNames(
          "size-2 rounded-full bg-current",
          connection === "live" && "animate-pulse motion-reduce:animate-none",
        )}
      />
      {t(connection)}
    </p>
  );
}
