import type { ReactNode } from "react";
import { classNames } from "@/components/class-names";
import { SOFT_TONES, type Tone } from "@/components/ui/badge";

type Props = { tone?: Tone; title: string; children?: ReactNode; actions?: ReactNode; live?: boolean };

/** Something the reader should know; `live` announces it to a screen reader when it appears. */
export function Notice({ tone = "neutral", title, children, actions, live = false }: Props) {
  return (
    <div
      role={live ? (tone === "bad" ? "alert" : "status") : undefined}
      className={classNames("rounded-lg p-4", SOFT_TONES[tone])}
    >
      <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
        <div className="min-w-0 flex-1 basis-64">
          <p className="font-semibold">{title}</p>
          {children && <div className="mt-1 text-ink">{children}</div>}
        </div>
        {actions && <div className="flex flex-wrap gap-2">{actions}</div>}
      </div>
    </div>
  );
}
