"use client";
/** Something that opens beside its button, in the browser's top layer: it closes by Escape or a press elsewhere. */
import { type ComponentProps, type ReactNode, useId, useRef, useState } from "react";
import { classNames } from "@/components/class-names";

type Props = {
  /** The button's content and classes. */
  button: Omit<ComponentProps<"button">, "ref" | "type" | "popoverTarget">;
  label: string;
  className?: string;
  /** Rendered only while it is open. */
  children: (close: () => void) => ReactNode;
};
const GAP = 6;

export function Flyout({ button, label, className, children }: Props) {
  const id = useId();
  const trigger = useRef<HTMLButtonElement>(null);
  const panel = useRef<HTMLDivElement>(null);
  const [isOpen, setOpen] = useState(false);
  const close = () => panel.current?.hidePopover();
  return (
    <>
      <button ref={trigger} type="button" popoverTarget={id} aria-haspopup="dialog" {...button} />
      <div
        ref={panel}
        id={id}
        popover="auto"
        role="dialog"
        aria-label={label}
        onToggle={({ newState }) => {
          setOpen(newState === "open");
          // Its size is known when its content stands.
          if (newState === "open") requestAnimationFrame(() => place(trigger.current, panel.current));
        }}
        className={classNames(
          "fixed m-0 max-h-[min(32rem,calc(100dvh-2rem))] max-w-[calc(100vw-1rem)] overflow-y-auto overscroll-contain rounded-xl border border-line bg-raised text-ink shadow-card",
          className,
        )}
      >
        {isOpen && children(close)}
      </div>
    </>
  );
}

/** Below the button where there is room, else above; towards the middle, in any direction of reading; never beyond the edge of the screen. */
function place(trigger: HTMLElement | null, panel: HTMLElement | null): void {
  if (!trigger || !panel) return;
  const at = trigger.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = panel;
  const isAbove = at.bottom + GAP + height > window.innerHeight && at.top > window.innerHeight / 2;
  const top = isAbove ? at.top - GAP - height : at.bottom + GAP;
  const left = at.left > window.innerWidth / 2 ? at.right - width : at.left;
  panel.style.top = `${Math.max(8, Math.min(top, window.innerHeight - height - 8))}px`;
  panel.style.left = `${Math.max(8, Math.min(left, window.innerWidth - width - 8))}px`;
}
