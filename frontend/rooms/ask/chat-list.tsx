"use client";
/** The reader's chats, the latest first; on a phone they cover the room when they are asked for. */
import { useInfiniteQuery } from "@tanstack/react-query";
import { useFormatter, useTranslations } from "use-intl";
import { classNames } from "@/components/class-names";
import { Link } from "@/components/link";
import { RoomProblem } from "@/components/room-problem";
import { Button } from "@/components/ui/button";
import { IconButton } from "@/components/ui/icon-button";
import { Skeleton } from "@/components/ui/skeleton";
import { Spinner } from "@/components/ui/spinner";
import { isAtWork } from "@/lib/ai/asking";
import { chats } from "@/lib/ai/queries";
import type { Assistant, Chat } from "@/lib/ai/types";
import { useRuns } from "@/lib/ai/use-asking";

type Props = {
  chosen: string | null;
  assistants: readonly Assistant[];
  isOpen: boolean;
  onClose: () => void;
  onNew: () => void;
};

export function ChatList({ chosen, assistants, isOpen, onClose, onNew }: Props) {
  const t = useTranslations("ask.chats");
  const common = useTranslations("common");
  return (
    <nav
      aria-label={t("title")}
      onKeyDown={(event) => event.key === "Escape" && onClose()}
      className={classNames(
        "min-h-0 flex-col border-line bg-raised md:static md:flex md:w-72 md:shrink-0 md:border-e",
        isOpen ? "absolute inset-0 z-10 flex" : "hidden",
      )}
    >
      <div className="flex h-16 shrink-0 items-center justify-between gap-2 border-b border-line ps-4 pe-2">
        <h2 className="font-semibold">{t("title")}</h2>
        <div className="flex items-center">
          <IconButton icon="plus" label={t("new")} onClick={onNew} className="text-accent!" />
          <IconButton icon="close" label={common("close")} onClick={onClose} className="md:hidden!" />
        </div>
      </div>
      <div className="relative min-h-0 flex-1 overflow-y-auto overscroll-contain p-2">
        <Chats chosen={chosen} assistants={assistants} onClose={onClose} />
      </div>
    </nav>
  );
}

function Chats({ chosen, assistants, onClose }: Pick<Props, "chosen" | "assistants" | "onClose">) {
  const t = useTranslations("ask.chats");
  const query = useInfiniteQuery(chats);
  const running = new Set(useRuns().flatMap((run) => (isAtWork(run) && run.chat_id ? [run.chat_id] : [])));
  const items = query.data?.pages.flatMap((page) => page.items);
  if (!items) return query.error ? <RoomProblem error={query.error} onRetry={query.refetch} /> : <Waiting />;
  if (items.length === 0) return <p className="px-3 py-6 text-center text-sm text-ink-soft">{t("none")}</p>;
  return (
    <>
      <ul className="flex flex-col gap-0.5">
        {items.map((chat) => (
          <Row
            key={chat.id}
            chat={chat}
            // Where there is one assistant only, everybody knows whom they asked.
            assistant={
              assistants.length > 1 ? assistants.find(({ id }) => id === chat.assistant_id) : undefined
            }
            isChosen={chat.id === chosen}
            isRunning={running.has(chat.id)}
            onClose={onClose}
          />
        ))}
      </ul>
      {query.hasNextPage && (
        <Button
          tone="quiet"
          size="sm"
          className="mt-2 w-full"
          busy={query.isFetchingNextPage}
          onClick={() => void query.fetchNextPage()}
        >
          {t("more")}
        </Button>
      )}
    </>
  );
}

type RowProps = {
  chat: Chat;
  assistant: Assistant | undefined;
  isChosen: boolean;
  isRunning: boolean;
  onClose: () => void;
};

function Row({ chat, assistant, isChosen, isRunning, onClose }: RowProps) {
  const t = useTranslations("ask.chats");
  const format = useFormatter();
  const { id, assistant_id, title, updated_at } = chat;
  const moment = new Date(updated_at);
  const isToday = moment.toDateString() === new Date().toDateString();
  return (
    <li>
      <Link
        href={`/ask/?assistant=${assistant_id}&chat=${id}`}
        scroll={false}
        aria-current={isChosen ? "page" : undefined}
        onClick={onClose}
        className="flex items-start gap-2 rounded-lg px-3 py-2 hover:bg-sunken aria-[current]:bg-accent-soft"
      >
        <span className="min-w-0 flex-1">
          <span dir="auto" className="line-clamp-2 text-sm font-medium wrap-anywhere">
            {title}
          </span>
          <span className="flex items-baseline gap-2 text-xs text-ink-soft">
            <time dateTime={updated_at} className="shrink-0 tabular-nums">
              {format.dateTime(moment, isToday ? { timeStyle: "short" } : { day: "numeric", month: "short" })}
            </time>
            {assistant && <span className="truncate">{assistant.name}</span>}
          </span>
        </span>
        {isRunning && (
          <span className="mt-0.5 text-accent">
            <Spinner className="motion-reduce:animate-none" />
            <span className="sr-only">{t("running")}</span>
          </span>
        )}
      </Link>
    </li>
  );
}

function Waiting() {
  return (
    <div className="flex flex-col gap-3 p-2">
      <Skeleton className="h-10" />
      <Skeleton className="h-10" />
      <Skeleton className="h-10" />
    </div>
  );
}
