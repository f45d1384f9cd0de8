import type { ReactNode } from "react";
import { Card } from "@/components/ui/card";
import { Spinner } from "@/components/ui/spinner";

type Props = { title: string; text: string; busy?: boolean; note?: ReactNode; children?: ReactNode };

/** How it stands with a payment, and what can be done. Its height stays while the state changes. */
export function CheckoutState({ title, text, busy = false, note, children }: Props) {
  return (
    <Card
      aria-busy={busy || undefined}
      className="mx-auto flex min-h-72 max-w-xl flex-col p-6 sm:mt-8 sm:p-8"
    >
      <div role="status">
        <h1 className="flex items-center gap-3 text-2xl font-semibold tracking-tight">
          {busy && <Spinner className="size-5 shrink-0 text-accent" />}
          {title}
        </h1>
        <p className="mt-3 text-ink-soft">{text}</p>
      </div>
      {note && <div className="mt-4">{note}</div>}
      {children && <div className="mt-auto flex flex-wrap gap-3 pt-6">{children}</div>}
    </Card>
  );
}
