import { classNames } from "@/components/class-names";
import { Spinner } from "@/components/ui/spinner";

const LOOKS: Record<string, string> = {
  done: "bg-good-soft text-good",
  failed: "bg-bad-soft text-bad",
  going_back: "bg-warn-soft text-warn",
  taken_back: "bg-sunken text-ink-soft",
  running: "bg-accent-soft text-accent",
  waiting: "bg-accent-soft text-accent",
};
const PATHS: Record<string, string> = {
  done: "m5 12.5 4.5 4.5L19 7.5",
  failed: "M7 7l10 10M17 7 7 17",
  taken_back: "M9 8 5 12l4 4M5 12h10a4 4 0 0 1 0 8",
};

/** The status of a phase as a sign; the text beside it says the same. */
export function PhaseIcon({ status }: { status: string }) {
  const path = PATHS[status];
  return (
    <span
      aria-hidden="true"
      className={classNames(
        "grid size-8 shrink-0 place-items-center rounded-full transition-colors duration-300",
        LOOKS[status] ?? "border border-line bg-raised text-ink-soft",
      )}
    >
      {path ? (
        <svg
          aria-hidden="true"
          viewBox="0 0 24 24"
          className="size-4"
          fill="none"
          stroke="currentColor"
          strokeWidth="2.5"
          strokeLinecap="round"
          strokeLinejoin="round"
        >
          <path d={path} />
        </svg>
      ) : status === "pending" ? (
        <span className="size-2 rounded-full bg-line-strong" />
      ) : (
        <Spinner />
      )}
    </span>
  );
}
