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

/** Says honestly whether what is shown is live; only one of a page is `announced` to a screen reader. */
export function ConnectionNote({ connection, announced }: { connection: Connection; announced: boolean }) {
  const t = useTranslations("deployments.connection");
  return (
    <p
      role={announced ? "status" : undefined}
      className={classNames("flex items-center gap-2 text-sm font-medium", LOOKS[connection])}
    >
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
