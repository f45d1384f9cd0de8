"use client";
import { Notice } from "@/components/ui/notice";

/** How an act ended, told at once to whoever does not see it; takes no room before, among things with a gap of 1 rem. */
export function Outcome({ done, failed }: { done?: string | undefined; failed?: string | undefined }) {
  return (
    <div aria-live="polite" className="empty:-mt-4">
      {failed !== undefined && <Notice tone="bad" title={failed} />}
      {failed === undefined && done !== undefined && <p className="font-medium text-good">{done}</p>}
    </div>
  );
}
