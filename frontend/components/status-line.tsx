"use client";
/** Says above every room when the platform or one of its services is not well, and when this device is offline. */
import { useSyncExternalStore } from "react";
import { useTranslations } from "use-intl";

export function StatusLine() {
  const t = useTranslations("common.status");
  const online = useSyncExternalStore(
    (changed) => {
      window.addEventListener("online", changed);
      window.addEventListener("offline", changed);
      return () => {
        window.removeEventListener("online", changed);
        window.removeEventListener("offline", changed);
      };
    },
    () => navigator.onLine,
    () => true,
  );
  return (
    <div role="status" className="bg-warn-soft text-warn">
      {!online && <p className="mx-auto max-w-6xl px-4 py-2 text-sm font-medium sm:px-6">{t("offline")}</p>}
    </div>
  );
}
