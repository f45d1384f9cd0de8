"use client";
import { Field } from "@base-ui/react/field";
import type { ComponentProps, ReactNode } from "react";

type Props = Omit<ComponentProps<"textarea">, "className"> & {
  label: string;
  error?: string | undefined;
  hint?: ReactNode;
};

/** A labelled field of several lines; otherwise as `TextField`. It grows with its text where the browser can. */
export function TextArea({ label, error, hint, ref, ...area }: Props) {
  return (
    <Field.Root invalid={error !== undefined} className="flex flex-col gap-1.5">
      <Field.Label className="text-sm font-medium">{label}</Field.Label>
      <Field.Control
        render={<textarea ref={ref} {...area} />}
        className="field-sizing-content max-h-96 min-h-24 w-full rounded-lg border border-line-strong bg-raised px-3 py-2 text-base text-ink placeholder:text-ink-soft data-invalid:border-bad"
      />
      {hint && <Field.Description className="text-sm text-ink-soft">{hint}</Field.Description>}
      {error !== undefined && (
        <Field.Error match className="text-sm font-medium text-bad">
          {error}
        </Field.Error>
      )}
    </Field.Root>
  );
}
