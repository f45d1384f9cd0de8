"use client";
/** Says honestly, once it lasts, that this is not live, and what becomes of what one writes. */
import { useEffect, useState } from "react";
import { useTranslations } from "use-intl";
import { useConnection, useMessaging } from "@/components/messaging";

const LASTS_MS = 2_000;

export function ConnectionBar() {
  const t = useTranslations("conversations.connection");
  const connection = useConnection();
  const client = useMessaging()?.client;
  const isLate = useLasting(connection.state !== "live");
  const shown = isLate && connection.state !== "live" ? connection.state : null;
  return (
    // Always there, so that what is added to it is announced.
    <div role="status" className="empty:hidden">
      {shown && (
        <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1 border-b border-line bg-warn-soft px-4 py-2 text-sm text-warn">
          <p>
            <span className="font-semibold">{t(`${shown}.title`)}</span> {t(`${shown}.text`)}
          </p>
          <button
            type="button"
            className="-my-1 rounded-lg px-2 py-1.5 font-semibold underline underline-offset-2"
            onClick={() => (shown === "stopped" ? window.location.reload() : client?.retryNow())}
          >
            {t(shown === "stopped" ? "reload" : "retry")}
          </button>
        </div>
      )}
    </div>
  );
}

/** Whether something has been so for a while. */
function useLasting(isSo: boolean): boolean {
  const [isLasting, setLasting] = useState(false);
  useEffect(() => {
    setLasting(false);
    if (!isSo) return;
    const timer = setTimeout(() => setLasting(true), LASTS_MS);
    return () => clearTimeout(timer);
  }, [isSo]);
  return isLasting;
}
