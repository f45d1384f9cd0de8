"use client";
/** Links in a row that scrolls where it is too long; the one of the present page is always in sight. */
import { type ReactNode, useEffect, useRef } from "react";

type Props = {
  label: string;
  /** Changes with the page. */
  present: string;
  className?: string;
  children: ReactNode;
};

export function LinkRow({ label, present, className, children }: Props) {
  const box = useRef<HTMLElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: when another page is present
  useEffect(() => {
    const element = box.current;
    const link = element?.querySelector("[aria-current]");
    if (!element || !link) return;
    // By hand: `scrollIntoView` would scroll the page too.
    const [row, at] = [element.getBoundingClientRect(), link.getBoundingClientRect()];
    if (at.left < row.left) element.scrollLeft += at.left - row.left - row.width / 4;
    else if (at.right > row.right) element.scrollLeft += at.right - row.right + row.width / 4;
  }, [present]);
  return (
    <nav ref={box} aria-label={label} className={className}>
      {children}
    </nav>
  );
}
