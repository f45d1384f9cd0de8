import { classNames } from "@/components/class-names";

/** The mark: three layers of a stack. */
export function Brand({ className }: { className?: string }) {
  return (
    <span
      className={classNames("inline-flex items-center gap-2 text-lg font-semibold tracking-tight", className)}
    >
      <svg
        aria-hidden="true"
        viewBox="0 0 24 24"
        className="size-6 text-accent"
        fill="none"
        stroke="currentColor"
        strokeWidth="2"
        strokeLinejoin="round"
      >
        <path d="M12 3 3 7.5 12 12l9-4.5L12 3Z" />
        <path d="m3 12 9 4.5 9-4.5" />
        <path d="m3 16.5 9 4.5 9-4.5" />
      </svg>
      StackPro
    </span>
  );
}
