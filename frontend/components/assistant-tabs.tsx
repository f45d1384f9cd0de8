"use client";
/** The rooms of the assistant, below the navigation; those that the reader's role may enter. */
import { useTranslations } from "use-intl";
import { Link } from "@/components/link";
import { LinkRow } from "@/components/link-row";
import { useRights } from "@/lib/ai/rights";

export const ASSISTANT_ROOMS = ["ask", "knowledge", "assistants", "ai-use"] as const;

export function AssistantTabs({ path }: { path: string }) {
  const t = useTranslations("common.assistant");
  const rights = useRights();
  const isClosed = {
    ask: !rights?.mayAsk,
    knowledge: false,
    assistants: false,
    "ai-use": !rights?.mayManage,
  };
  return (
    <LinkRow label={t("label")} present={path} className="overflow-x-auto border-t border-line">
      <ul className="mx-auto flex max-w-6xl gap-1 px-2 sm:px-4">
        {ASSISTANT_ROOMS.filter((room) => rights === undefined || !isClosed[room]).map((room) => (
          <li key={room}>
            <Link
              href={`/${room}/`}
              aria-current={path.startsWith(`/${room}/`) ? "page" : undefined}
              className="my-1.5 block rounded-lg px-3 py-1.5 text-sm font-medium whitespace-nowrap text-ink-soft hover:bg-sunken hover:text-ink aria-[current]:bg-accent-soft aria-[current]:text-accent pointer-coarse:py-2.5"
            >
              {t(room)}
            </Link>
          </li>
        ))}
      </ul>
    </LinkRow>
  );
}
