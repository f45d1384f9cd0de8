"use client";
/** Something to be done before one goes on: in the middle of the screen, or, as a drawer, at its end. */
import { Dialog } from "@base-ui/react/dialog";
import type { ReactElement, ReactNode } from "react";
import { useTranslations } from "use-intl";
import { classNames } from "@/components/class-names";
import { Icon } from "@/components/ui/icon";
import { iconButtonClasses } from "@/components/ui/icon-button";

type Props = {
  isOpen: boolean;
  onOpenChange: (isOpen: boolean) => void;
  title: string;
  /** A button that opens it; without one, the caller does. */
  trigger?: ReactElement;
  isDrawer?: boolean;
  children: ReactNode;
};
const SHAPES = {
  middle:
    "start-1/2 top-1/2 max-h-[calc(100dvh-2rem)] w-[min(32rem,calc(100vw-2rem))] -translate-x-1/2 -translate-y-1/2 rounded-xl rtl:translate-x-1/2",
  drawer: "end-0 inset-y-0 w-[min(32rem,100vw)] sm:rounded-s-xl",
};

export function Modal({ isOpen, onOpenChange, title, trigger, isDrawer = false, children }: Props) {
  const common = useTranslations("common");
  return (
    <Dialog.Root open={isOpen} onOpenChange={onOpenChange}>
      {trigger && <Dialog.Trigger render={trigger} />}
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-20 bg-black/50" />
        <Dialog.Popup
          className={classNames(
            "fixed z-20 flex flex-col border border-line bg-raised text-ink shadow-card outline-none",
            SHAPES[isDrawer ? "drawer" : "middle"],
          )}
        >
          <div className="flex items-start justify-between gap-2 border-b border-line py-2 ps-5 pe-2">
            <Dialog.Title className="min-w-0 py-2 text-lg leading-7 font-semibold wrap-anywhere">
              {title}
            </Dialog.Title>
            <Dialog.Close
              aria-label={common("close")}
              title={common("close")}
              className={iconButtonClasses(false, "shrink-0")}
            >
              <Icon name="close" />
            </Dialog.Close>
          </div>
          <div className="flex min-h-0 flex-1 flex-col gap-5 overflow-y-auto overscroll-contain p-5">
            {children}
          </div>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
