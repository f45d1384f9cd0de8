"use client";
import { Button as BaseButton } from "@base-ui/react/button";
import type { ComponentProps, ReactNode } from "react";
import { Link } from "@/components/link";
import { buttonClasses, type Look } from "@/components/ui/button-classes";
import { Spinner } from "@/components/ui/spinner";

type ButtonProps = Look & Omit<ComponentProps<"button">, "ref"> & { busy?: boolean };

/** A button; while `busy` it keeps its width and its place in the tab order, and does nothing. */
export function Button({ tone, size, busy = false, className, children, disabled, ...rest }: ButtonProps) {
  const look = { ...(tone && { tone }), ...(size && { size }) };
  return (
    <BaseButton
      type="button"
      {...rest}
      disabled={disabled || busy}
      focusableWhenDisabled={busy}
      aria-busy={busy || undefined}
      className={buttonClasses(look, className)}
    >
      {busy && <Spinner />}
      {children}
    </BaseButton>
  );
}

type LinkProps = Look & { href: string; className?: string; children: ReactNode; external?: boolean };

/** A link that looks like a button; `external` leads out of the app. */
export function ButtonLink({ tone, size, className, external = false, ...rest }: LinkProps) {
  const look = buttonClasses({ ...(tone && { tone }), ...(size && { size }) }, className);
  return external ? <a className={look} {...rest} /> : <Link className={look} {...rest} />;
}
