import type { ComponentProps } from "react";
import { classNames } from "@/components/class-names";

/** A raised surface for one thing. */
export function Card({ className, ...rest }: ComponentProps<"section">) {
  return (
    <section
      className={classNames("rounded-xl border border-line bg-raised p-5 shadow-card", className)}
      {...rest}
    />
  );
}
