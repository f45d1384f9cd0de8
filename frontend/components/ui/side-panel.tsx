"use client";
import type { KeyboardEvent, ReactNode, Ref } from "react";
import { useTranslations } from "use-intl";
import { classNames } from "@/components/class-names";
import { IconButton } from "@/components/ui/icon-button";

type Props = {
  title: string;
  onClose: () => void;
  children: ReactNode;
  /** What takes the focus when the panel is opened by somebody who goes there. */
  headRef?: Ref<HTMLHeadingElement>;
  /** Covers only the end of what it stands beside, also where there is no space. */
  isNarrow?: boolean;
};

/** Beside what fills the room where there is space, else in its place. Escape closes it. */
export function SidePanel({ title, onClose, children, headRef, isNarrow = false }: Props) {
  const common = useTranslations("common");
  const closeByKey = (event: KeyboardEvent) => {
    if (event.key === "Escape" && !event.defaultPrevented) onClose();
  };
  return (
    <aside
      aria-label={title}
      onKeyDown={closeByKey}
      className={classNames(
        "absolute inset-0 z-10 flex min-h-0 flex-col border-line bg-raised xl:static xl:w-96 xl:shrink-0 xl:border-s xl:shadow-none",
        isNarrow && "md:start-auto md:w-96 md:border-s md:shadow-card",
      )}
    >
      <div className="flex h-16 shrink-0 items-center justify-between border-b border-line ps-5 pe-2">
        <h2 ref={headRef} tabIndex={headRef ? -1 : undefined} className="truncate font-semibold">
          {title}
        </h2>
        <IconButton icon="close" label={common("close")} onClick={onClose} />
      </div>
      {children}
    </aside>
  );
}
