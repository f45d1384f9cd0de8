"use client";
import { type ComponentProps, type ReactNode, useId } from "react";

type Props = Omit<ComponentProps<"select">, "className" | "id"> & { label: string; hint?: ReactNode };

/** A labelled choice of one, by the browser's own list. For react-hook-form: spread `register(name)`. */
export function SelectField({ label, hint, children, ...select }: Props) {
  const id = useId();
  return (
    <div className="flex min-w-0 flex-col gap-1.5">
      <label htmlFor={id} className="text-sm font-medium">
        {label}
      </label>
      <select
        id={id}
        aria-describedby={hint ? `${id}-hint` : undefined}
        {...select}
        className="h-11 w-full min-w-0 rounded-lg border border-line-strong bg-raised px-3 text-base text-ink disabled:text-ink-soft"
      >
        {children}
      </select>
      {hint && (
        <p id={`${id}-hint`} className="text-sm text-ink-soft">
          {hint}
        </p>
      )}
    </div>
  );
}
