import { classNames } from "@/components/class-names";

/** Strokes of a 24 px grid. */
const PATHS = {
  alert: "M12 4 2.500 20h19zM12 10v5M12 17.500v.01",
  archive: "M3 4h18v4H3zM5 8v12h14V8M10 12h4",
  attach: "m21 11-8.5 8.5a5 5 0 0 1-7-7L14 4a3.4 3.4 0 0 1 4.8 4.8l-8.5 8.5a1.7 1.7 0 0 1-2.4-2.4L15.5 7",
  back: "M15 5l-7 7 7 7",
  bell: "M6 9a6 6 0 1 1 12 0c0 6 2.5 7 2.5 7h-17S6 15 6 9M10 20a2.2 2.2 0 0 0 4 0",
  book: "M5 4h10a4 4 0 0 1 4 4v12H8a3 3 0 0 1-3-3zM5 17a3 3 0 0 1 3-3h11M9 8h6",
  chats: "M4 5h12v9H9l-4 3.500V14H4zM19 9h1v9h-1v3l-3.500-3H11",
  check: "m5 12.5 4.5 4.5L19 7.5",
  close: "M6 6l12 12M18 6 6 18",
  copy: "M9 9h11v11H9zM5 15H4V4h11v1",
  dislike:
    "M17 14V4h3v10zM17 13l-4 8a2.200 2.200 0 0 1-2-2.500V15H5.500a1.800 1.800 0 0 1-1.800-2.200l1.500-7A2.200 2.200 0 0 1 7.400 4H17",
  download: "M12 4v11M7 10.500l5 5 5-5M4 20h16",
  edit: "M4 20h4L19 9l-4-4L4 16zM13.5 6.5l4 4",
  file: "M6 3h8l5 5v13H6zM14 3v5h5",
  globe:
    "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18M3 12h18M12 3c5 5.500 5 12.500 0 18M12 3c-5 5.500-5 12.500 0 18",
  info: "M12 11v6M12 7.5v.01M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18",
  like: "M7 10v10H4V10zM7 11l4-8a2.200 2.200 0 0 1 2 2.500V9h5.500a1.800 1.800 0 0 1 1.800 2.200l-1.500 7A2.200 2.200 0 0 1 16.600 20H7",
  lock: "M6 11h12v9H6zM8.500 11V8a3.500 3.500 0 0 1 7 0v3",
  down: "M12 5v14M6 13l6 6 6-6",
  mute: "M6 9a6 6 0 0 1 9.5-4.9M18 9c0 6 2.5 7 2.5 7H8M10 20a2.2 2.2 0 0 0 4 0M3 3l18 18",
  pencil: "M12 20h9M4 16.5V20h3.5L18 9.5 14.5 6z",
  plus: "M12 5v14M5 12h14",
  receipt: "M6 3h12v18l-3-2-3 2-3-2-3 2zM9 8h6M9 12h6",
  reply: "M9 6 4 11l5 5M4 11h10a6 6 0 0 1 6 6v1",
  search: "M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14M16 16l5 5",
  send: "M4 12h15M13 6l6 6-6 6",
  smile: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18M8.5 14a4.2 4.2 0 0 0 7 0M9 9.5v.01M15 9.5v.01",
  sparkle: "M12 3.500l2 6.500 6.500 2-6.500 2-2 6.500-2-6.500-6.500-2 6.500-2zM19 3v4M17 5h4",
  stop: "M7 7h10v10H7z",
  trash: "M4 7h16M9 7V4h6v3M6 7l1 13h10l1-13M10 11v5M14 11v5",
  upload: "M12 16V5M7 9.500l5-5 5 5M4 20h16",
  user: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8M4 21c.5-4.5 3.5-6 8-6s7.500 1.500 8 6",
  users:
    "M9 11.500a3.500 3.500 0 1 0 0-7 3.500 3.500 0 0 0 0 7M2.500 20c.4-4 2.600-5.500 6.500-5.500s6.100 1.500 6.500 5.500M16 5a3.300 3.300 0 0 1 0 6.300M18 14.800c2 .6 3.200 2.200 3.500 5.200",
  life: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18M12 15.500a3.500 3.500 0 1 0 0-7 3.500 3.500 0 0 0 0 7M5.600 5.600l3.900 3.900M14.500 14.500l3.900 3.900M18.400 5.600l-3.900 3.900M9.500 14.500l-3.900 3.900",
} as const;

export type IconName = keyof typeof PATHS;

/** A small picture beside, or instead of, a text that is there for everybody who does not see it. */
export function Icon({ name, className }: { name: IconName; className?: string }) {
  return (
    <svg
      aria-hidden="true"
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.8"
      strokeLinecap="round"
      strokeLinejoin="round"
      className={classNames("size-5 shrink-0", className)}
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
