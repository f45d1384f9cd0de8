import type { ComponentProps } from "react";
import { classNames } from "@/components/class-names";
import { Icon, type IconName } from "@/components/ui/icon";

type Props = Omit<ComponentProps<"button">, "children"> & { icon: IconName; label: string; small?: boolean };

export function iconButtonClasses(small = false, extra?: string): string {
  return classNames(
    "inline-flex items-center justify-center rounded-lg text-ink-soft hover:bg-sunken hover:text-ink disabled:cursor-not-allowed disabled:opacity-50",
    small ? "size-8 pointer-coarse:size-11" : "size-11",
    extra,
  );
}

/** A button that shows a picture, and says what it does to whoever cannot see it or points at it. */
export function IconButton({ icon, label, small = false, className, ...rest }: Props) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      {...rest}
      className={iconButtonClasses(small, className)}
    >
      <Icon name={icon} />
    </button>
  );
}
