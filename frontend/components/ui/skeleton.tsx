import { classNames } from "@/components/class-names";

/** Holds the place of what is being fetched, in its size, so that nothing jumps when it comes. */
export function Skeleton({ className }: { className?: string }) {
  return (
    <span
      aria-hidden="true"
      className={classNames("block animate-pulse rounded-md bg-line motion-reduce:animate-none", className)}
    />
  );
}
