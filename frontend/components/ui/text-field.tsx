"use client";
import { Field } from "@base-ui/react/field";
import type { ComponentProps, ReactNode } from "react";
import { classNames } from "@/components/class-names";

type Props = Omit<ComponentProps<"input">, "className"> & {
  label: string;
  error?: string | undefined;
  hint?: ReactNode;
  end?: ReactNode;
};

/** A labelled input with its hint and its error, tied together for a screen reader. For react-hook-form: spread `register(name)`. */
export function TextField({ label, error, hint, end, ...input }: Props) {
  return (
    <Field.Root invalid={error !== undefined} className="flex flex-col gap-1.5">
      <Field.Label className="text-sm font-medium">{label}</Field.Label>
      <div className="relative">
        <Field.Control
          {...input}
          className={classNames(
            "h-11 w-full rounded-lg border border-line-strong bg-raised px-3 text-base text-ink placeholder:text-ink-soft data-invalid:border-bad",
            end !== undefined && "pe-24",
          )}
        />
        {end && <div className="absolute inset-y-0 end-1 flex items-center">{end}</div>}
      </div>
      {hint && <Field.Description className="text-sm text-ink-soft">{hint}</Field.Description>}
      {error !== undefined && (
        <Field.Error match className="text-sm font-medium text-bad">
          {error}
        </Field.Error>
      )}
    </Field.Root>
  );
}
