import { classNames } from "@/components/class-names";

export type Look = { tone?: "primary" | "secondary" | "danger" | "quiet"; size?: "md" | "lg" | "sm" };

const TONES = {
  primary: "bg-accent text-on-accent hover:bg-accent-strong",
  secondary: "border border-line-strong bg-raised text-ink hover:bg-sunken",
  danger: "border border-bad bg-raised text-bad hover:bg-bad-soft",
  quiet: "text-accent hover:bg-accent-soft",
} as const;
const SIZES = {
  sm: "h-9 px-3 text-sm",
  md: "h-11 px-4 text-[0.9375rem]",
  lg: "h-12 px-6 text-base",
} as const;

/** The classes of a button, for what looks like one. */
export function buttonClasses({ tone = "primary", size = "md" }: Look, extra?: string): string {
  return classNames(
    "inline-flex items-center justify-center gap-2 rounded-lg font-medium transition-colors select-none",
    "disabled:cursor-not-allowed disabled:opacity-60 data-disabled:cursor-not-allowed data-disabled:opacity-60",
    TONES[tone],
    SIZES[size],
    extra,
  );
}
