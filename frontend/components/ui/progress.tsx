"use client";
import { Progress as Base } from "@base-ui/react/progress";

/** How far a long act is, in percent. */
export function ProgressBar({ label, value }: { label: string; value: number }) {
  return (
    <Base.Root value={value} aria-label={label} className="w-full">
      <Base.Track className="block h-2 w-full overflow-hidden rounded-full bg-line">
        <Base.Indicator className="block h-full rounded-full bg-accent transition-[width] duration-500" />
      </Base.Track>
    </Base.Root>
  );
}
