/** The five apps of a stack, each with its sign. */
export const APPS = ["crm", "files", "booking", "email_marketing", "website"] as const;
export type App = (typeof APPS)[number];

const SHAPES: Record<App, string> = {
  crm: "M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7Zm-6.5 9c0-3.6 2.9-6 6.5-6s6.5 2.4 6.5 6M16 4.6a3.5 3.5 0 0 1 0 6M18 14.4c2.1.8 3.5 2.8 3.5 5.6",
  files:
    "M3 6.500A1.5 1.5 0 0 1 4.5 5H9l2 2.500h8.500A1.5 1.5 0 0 1 21 9v8.500a1.5 1.5 0 0 1-1.5 1.500h-15A1.5 1.5 0 0 1 3 17.500Z",
  booking: "M4 6.500h16V20H4ZM4 10.500h16M8 3.500v4M16 3.500v4M9 15l2 2 4-4",
  email_marketing: "M3 6h18v12.500H3ZM3.5 6.5 12 13l8.5-6.5",
  website:
    "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM3 12h18M12 3c2.5 2.5 3.7 5.5 3.7 9S14.5 18.5 12 21c-2.5-2.5-3.7-5.5-3.7-9S9.5 5.5 12 3Z",
};

export function AppIcon({ app }: { app: App }) {
  return (
    <span className="grid size-11 shrink-0 place-items-center rounded-lg bg-accent-soft text-accent">
      <svg
        aria-hidden="true"
        viewBox="0 0 24 24"
        className="size-6"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.75"
        strokeLinecap="round"
        strokeLinejoin="round"
      >
        <path d={SHAPES[app]} />
      </svg>
    </span>
  );
}
