"use client";
import { Meter as Base } from "@base-ui/react/meter";
import { classNames } from "@/components/class-names";

type Props = { label: string; text: string; value: number; max: number };

/** How much of a limit is used; warns from four fifths on, as the mails do. `text` says it in words to a screen reader. */
export function Meter({ label, text, value, max }: Props) {
  const share = max > 0 ? value / max : 1;
  const colour = share >= 1 ? "bg-bad" : share >= 0.8 ? "bg-warn" : "bg-accent";
  return (
    <Base.Root value={Math.min(value, max)} max={Math.max(max, 1)} aria-label={label} aria-valuetext={text}>
      <Base.Track className="block h-2 w-full overflow-hidden rounded-full bg-line">
        <Base.Indicator className={classNames("block h-full rounded-full transition-[width]", colour)} />
      </Base.Track>
    </Base.Root>
  );
}
