"use client";
import { classNames } from "@/components/class-names";
import { usePresence } from "@/components/messaging";
import { Icon, type IconName } from "@/components/ui/icon";

/** Pairs that reach 4.5:1 in light and dark; one belongs to each person. */
const COLOURS = [
  "bg-indigo-100 text-indigo-900 dark:bg-indigo-950 dark:text-indigo-200",
  "bg-emerald-100 text-emerald-900 dark:bg-emerald-950 dark:text-emerald-200",
  "bg-amber-100 text-amber-900 dark:bg-amber-950 dark:text-amber-200",
  "bg-rose-100 text-rose-900 dark:bg-rose-950 dark:text-rose-200",
  "bg-sky-100 text-sky-900 dark:bg-sky-950 dark:text-sky-200",
  "bg-fuchsia-100 text-fuchsia-900 dark:bg-fuchsia-950 dark:text-fuchsia-200",
] as const;

type Props = { id: string; name: string; small?: boolean; icon?: IconName; presenceOf?: string | undefined };

/** Initials in a colour of their own; with `presenceOf`, a dot that says whether that person is here. */
export function Avatar({ id, name, small = false, icon, presenceOf }: Props) {
  return (
    <span className="relative inline-flex shrink-0">
      <span
        aria-hidden="true"
        className={classNames(
          "inline-flex items-center justify-center rounded-lg font-semibold select-none",
          small ? "size-6 text-[0.625rem]" : "size-9 text-xs",
          icon ? "bg-sunken text-ink-soft" : colourOf(id),
        )}
      >
        {icon ? <Icon name={icon} className={small ? "size-3.5" : "size-5"} /> : initialsOf(name)}
      </span>
      {presenceOf && <PresenceDot user={presenceOf} />}
    </span>
  );
}

function PresenceDot({ user }: { user: string }) {
  const state = usePresence(user)?.state ?? "offline";
  return (
    <span
      data-presence={state}
      aria-hidden="true"
      className={classNames(
        "absolute -end-0.5 -bottom-0.5 size-3 rounded-full border-2 border-raised",
        state === "active" && "bg-good",
        state === "away" && "bg-warn",
        state === "offline" && "bg-line-strong",
      )}
    />
  );
}

function initialsOf(name: string): string {
  const words = name.trim().split(/\s+/u);
  const [first = "?", last = ""] = [words[0], words.length > 1 ? words.at(-1) : ""];
  return `${[...first][0] ?? ""}${[...last][0] ?? ""}`.toUpperCase();
}

/** By the end of the id: its beginning is the time, and near for all who joined together. */
function colourOf(id: string): string {
  return COLOURS[Number.parseInt(id.slice(-4), 16) % COLOURS.length] ?? COLOURS[0];
}
