"use client";
/** One chat, or a new one: what was asked and answered, and where one asks on. */
import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";
import { useTranslations } from "use-intl";
import { RoomProblem } from "@/components/room-problem";
import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/dialog";
import { Icon } from "@/components/ui/icon";
import { IconButton, iconButtonClasses } from "@/components/ui/icon-button";
import { Skeleton } from "@/components/ui/skeleton";
import { type Entry, entriesOf } from "@/lib/ai/answers";
import { isAtWork } from "@/lib/ai/asking";
import { answers, chats } from "@/lib/ai/queries";
import type { Assistant } from "@/lib/ai/types";
import { asking, useRuns } from "@/lib/ai/use-asking";
import { api, data } from "@/lib/api/client";
import { ProblemError } from "@/lib/api/problem";
import { useProblemText } from "@/lib/api/use-problem-text";
import { Announcer } from "@/rooms/ask/announcer";
import { AnswerEntry, type Place } from "@/rooms/ask/answer-entry";
import { Composer } from "@/rooms/ask/composer";
import { useScroll } from "@/rooms/conversations/use-scroll";

const LOOK_MS = 2_000;

type Props = {
  chat: string | null;
  assistant: Assistant;
  assistants: readonly Assistant[];
  /** Begins another chat, with this assistant. */
  onBegin: (assistant: string) => void;
  /** The chat that a new one has become. */
  onBegun: (chat: string) => void;
  onList: () => void;
  onOpen: (place: Place) => void;
};

export function ChatView(props: Props) {
  const { chat, assistant, onBegun, onOpen } = props;
  const [begun, setBegun] = useState<string>();
  const runs = useRuns().filter((run) => (chat === null ? run.id === begun : run.chat_id === chat));
  const query = useAnswers(chat);
  const entries = useMemo(() => entriesOf(query.data, runs), [query.data, runs]);
  const running = runs.find(isAtWork);
  const isElsewhere = entries.some(({ answer }) => answer?.state === "running");
  // The chat of a question that was asked here is known as soon as the API has taken it.
  const became = chat === null ? runs[0]?.chat_id : null;
  // biome-ignore lint/correctness/useExhaustiveDependencies: when there is a chat
  useEffect(() => {
    if (became) onBegun(became);
  }, [became]);
  const ask = (question: string) => {
    const failed = runs.find(({ state }) => state === "failed");
    if (failed) asking().forget(failed.id);
    const id = asking().ask(assistant.id, { question, ...(chat !== null && { chat_id: chat }) });
    if (chat === null) setBegun(id);
  };
  const stop = () => {
    if (running) void asking().stop(running.id);
    else for (const { answer } of entries) if (answer?.state === "running") void stopElsewhere(answer.id);
  };
  return (
    <section className="flex min-h-0 min-w-0 flex-1 flex-col" aria-label={assistant.name}>
      <Head {...props} />
      {chat === null && entries.length === 0 ? (
        <Beginning assistant={assistant} onAsk={ask} />
      ) : (
        <History query={query} entries={entries} onOpen={onOpen} onAgain={running ? undefined : ask} />
      )}
      <div className="mx-auto w-full max-w-3xl">
        <Composer
          assistant={assistant}
          chat={chat}
          isBusy={running !== undefined || isElsewhere}
          isStopping={running?.isStopping ?? false}
          onAsk={ask}
          onStop={stop}
        />
      </div>
      <Announcer entries={entries} />
    </section>
  );
}

/** The answers of a chat; looked at again while one is written that this tab does not hear of. */
function useAnswers(chat: string | null) {
  return useInfiniteQuery({
    ...answers(chat ?? ""),
    enabled: chat !== null,
    refetchInterval: ({ state }) =>
      state.data?.pages[0]?.items.some((answer) => answer.state === "running") ? LOOK_MS : false,
  });
}

function stopElsewhere(answer_id: string): Promise<unknown> {
  const stopped = data(api.POST("/v1/answers/{answer_id}/stop", { params: { path: { answer_id } } }));
  return stopped.catch(() => undefined);
}

function Head({ chat, assistant, assistants, onBegin, onList }: Props) {
  const t = useTranslations("ask");
  return (
    <header className="flex h-16 shrink-0 items-center gap-2 border-b border-line ps-2 pe-2 md:ps-5">
      <IconButton icon="chats" label={t("chats.open")} onClick={onList} className="md:hidden!" />
      <Icon name="sparkle" className="text-accent max-md:hidden" />
      <div className="min-w-0 flex-1">
        {chat === null && assistants.length > 1 ? (
          <select
            aria-label={t("assistant")}
            value={assistant.id}
            onChange={(event) => onBegin(event.target.value)}
            className="h-11 max-w-full rounded-lg border border-line-strong bg-raised px-3 text-base font-semibold text-ink"
          >
            {assistants.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </select>
        ) : (
          <h2 className="truncate font-semibold">{assistant.name}</h2>
        )}
      </div>
      {chat !== null && (
        <>
          <IconButton
            icon="plus"
            label={t("chats.new")}
            onClick={() => onBegin(assistant.id)}
            className="md:hidden!"
          />
          <Delete chat={chat} onDeleted={() => onBegin(assistant.id)} />
        </>
      )}
    </header>
  );
}

function Delete({ chat, onDeleted }: { chat: string; onDeleted: () => void }) {
  const t = useTranslations("ask.chats");
  const common = useTranslations("common");
  const { textOf } = useProblemText();
  const client = useQueryClient();
  const remove = useMutation({
    mutationFn: () => data(api.DELETE("/v1/chats/{chat_id}", { params: { path: { chat_id: chat } } })),
    onSuccess: () => {
      for (const run of asking().getState()) if (run.chat_id === chat) asking().forget(run.id);
      client.removeQueries(answers(chat));
      onDeleted();
      return client.invalidateQueries(chats);
    },
  });
  return (
    <>
      <ConfirmDialog
        trigger={
          <button type="button" aria-label={t("delete")} title={t("delete")} className={iconButtonClasses()}>
            <Icon name="trash" />
          </button>
        }
        title={t("delete_title")}
        confirm={t("delete")}
        dismiss={common("cancel")}
        onConfirm={() => remove.mutateAsync().catch(() => undefined)}
      >
        {t("delete_text")}
      </ConfirmDialog>
      {remove.error && (
        <p role="alert" className="text-sm text-bad">
          {textOf(remove.error)}
        </p>
      )}
    </>
  );
}

function Beginning({ assistant, onAsk }: { assistant: Assistant; onAsk: (question: string) => void }) {
  const t = useTranslations("ask.begin");
  const { name, current } = assistant;
  return (
    <div className="flex min-h-0 flex-1 flex-col overflow-y-auto">
      <div className="m-auto flex w-full max-w-2xl flex-col items-center gap-2 p-6 text-center">
        <span className="flex size-14 items-center justify-center rounded-2xl bg-accent-soft text-accent">
          <Icon name="sparkle" className="size-7" />
        </span>
        <h3 className="mt-2 text-2xl font-semibold tracking-tight">{t("title")}</h3>
        <p className="max-w-md text-ink-soft">
          {t(current.knowledge_base_ids.length === 0 ? "nothing" : "text", { name })}
        </p>
        {current.example_questions.length > 0 && (
          <ul aria-label={t("examples")} className="mt-4 grid w-full gap-2 sm:grid-cols-2">
            {current.example_questions.map((question) => (
              <li key={question}>
                <button
                  type="button"
                  onClick={() => onAsk(question)}
                  className="h-full w-full rounded-xl border border-line bg-raised px-4 py-3 text-start text-sm hover:border-accent hover:bg-accent-soft"
                >
                  {question}
                </button>
              </li>
            ))}
          </ul>
        )}
      </div>
    </div>
  );
}

type HistoryProps = {
  query: ReturnType<typeof useAnswers>;
  entries: readonly Entry[];
  onOpen: (place: Place) => void;
  onAgain: ((question: string) => void) | undefined;
};

function History(props: HistoryProps) {
  const t = useTranslations("ask.chats");
  const { query, entries } = props;
  if (query.data || entries.length > 0) return <Entries {...props} />;
  if (!query.error) return <Waiting />;
  const isGone = query.error instanceof ProblemError && query.error.status === 404;
  return (
    <div className="mx-auto min-h-0 w-full max-w-3xl flex-1 p-6">
      {isGone ? (
        <p className="text-ink-soft">{t("gone")}</p>
      ) : (
        <RoomProblem error={query.error} onRetry={query.refetch} />
      )}
    </div>
  );
}

function Entries({ query, entries, onOpen, onAgain }: HistoryProps) {
  const t = useTranslations("ask.history");
  const scroll = useScroll({
    version: entries,
    begin: null,
    isEndThere: true,
    onNearStart: () => query.hasNextPage && !query.isFetchingNextPage && void query.fetchNextPage(),
    onNearEnd: () => undefined,
    onSeen: () => undefined,
  });
  return (
    <div className="relative min-h-0 flex-1">
      <div
        ref={scroll.box}
        role="log"
        aria-live="off"
        aria-label={t("label")}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be reached by the keyboard
        tabIndex={0}
        onScroll={scroll.look}
        className="relative h-full overflow-y-auto overscroll-contain [overflow-anchor:none] focus-visible:-outline-offset-2"
      >
        <div className="mx-auto flex min-h-full w-full max-w-3xl flex-col py-3">
          {query.isFetchingNextPage && <Skeleton className="mx-6 h-16 shrink-0" />}
          {entries.map((entry) => (
            <AnswerEntry key={entry.key} entry={entry} onOpen={onOpen} onAgain={onAgain} />
          ))}
        </div>
      </div>
      {!scroll.isAtEnd && (
        <Button
          tone="secondary"
          size="sm"
          onClick={scroll.toEnd}
          className="absolute end-4 bottom-2 rounded-full! shadow-card"
        >
          <Icon name="down" className="size-4" />
          {t("latest")}
        </Button>
      )}
    </div>
  );
}

function Waiting() {
  return (
    <div className="mx-auto flex min-h-0 w-full max-w-3xl flex-1 flex-col gap-4 p-6">
      <Skeleton className="h-11 w-2/3 self-end rounded-2xl" />
      <Skeleton className="h-28" />
    </div>
  );
}
