"use client";
/** A chat beside the form: with the version that answers, or an earlier one. Nothing of it is kept. */
import { useQuery } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useTranslations } from "use-intl";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { SelectField } from "@/components/ui/select-field";
import { entriesOf } from "@/lib/ai/answers";
import { isAtWork } from "@/lib/ai/asking";
import { versions } from "@/lib/ai/queries";
import type { Assistant } from "@/lib/ai/types";
import { asking, useRuns } from "@/lib/ai/use-asking";
import { api, data } from "@/lib/api/client";
import { Announcer } from "@/rooms/ask/announcer";
import { AnswerEntry, type Place } from "@/rooms/ask/answer-entry";
import { Composer } from "@/rooms/ask/composer";
import { PassageDialog } from "@/rooms/ask/passage-panel";

type Props = { assistant: Assistant; isChanged: boolean };

export function TryOut({ assistant, isChanged }: Props) {
  const t = useTranslations("assistants.try");
  const { id, current } = assistant;
  const { data: all = [] } = useQuery(versions(id));
  const [chosen, setChosen] = useState<number>();
  const [place, setPlace] = useState<Place>();
  const { entries, running, ask, clear } = useTrial(id);
  const version = chosen ?? current.number;
  return (
    <Card aria-labelledby="try" className="flex flex-col gap-4 p-0! lg:sticky lg:top-4">
      <div className="flex flex-col gap-3 px-5 pt-5">
        <div className="flex items-center justify-between gap-2">
          <h2 id="try" className="text-lg font-semibold">
            {t("title")}
          </h2>
          {entries.length > 0 && (
            <Button tone="quiet" size="sm" onClick={clear}>
              {t("clear")}
            </Button>
          )}
        </div>
        {all.length > 1 && (
          <SelectField
            label={t("version")}
            value={version}
            onChange={(event) => {
              const number = Number(event.target.value);
              setChosen(number === current.number ? undefined : number);
              clear();
            }}
          >
            {all.map(({ number }) => (
              <option key={number} value={number}>
                {number === current.number ? t("answering", { number }) : number}
              </option>
            ))}
          </SelectField>
        )}
        <p className="text-sm text-ink-soft">{t(isChanged ? "unsaved" : "text")}</p>
      </div>
      {entries.length === 0 ? (
        <p className="px-5 py-6 text-center text-ink-soft">{t("empty")}</p>
      ) : (
        <History entries={entries} onOpen={setPlace} onAgain={running ? undefined : (q) => ask(q, version)} />
      )}
      <Composer
        assistant={assistant}
        chat={null}
        version={version}
        isBusy={running !== undefined}
        isStopping={running?.isStopping ?? false}
        onAsk={(question) => ask(question, version)}
        onStop={() => running && void asking().stop(running.id)}
      />
      <Announcer entries={entries} />
      <PassageDialog place={place} onClose={() => setPlace(undefined)} />
    </Card>
  );
}

type HistoryProps = {
  entries: ReturnType<typeof entriesOf>;
  onOpen: (place: Place) => void;
  onAgain: ((question: string) => void) | undefined;
};

function History({ entries, onOpen, onAgain }: HistoryProps) {
  const t = useTranslations("ask.history");
  const box = useRef<HTMLDivElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: it stays at its end as it grows
  useEffect(() => {
    box.current?.scrollTo({ top: box.current.scrollHeight }); // some browsers return a promise of its end
  }, [entries]);
  return (
    <div
      ref={box}
      role="log"
      aria-live="off"
      aria-label={t("label")}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be reached by the keyboard
      tabIndex={0}
      className="relative max-h-[32rem] overflow-y-auto overscroll-contain border-y border-line focus-visible:-outline-offset-2"
    >
      {entries.map((entry) => (
        <AnswerEntry key={entry.key} entry={entry} onOpen={onOpen} onAgain={onAgain} mayRate={false} />
      ))}
    </div>
  );
}

/** The questions of one trial; when it is over, its chat is deleted. */
function useTrial(assistant: string) {
  const [own, setOwn] = useState<readonly string[]>([]);
  const all = useRuns();
  const runs = useMemo(() => all.filter(({ id }) => own.includes(id)), [all, own]);
  const entries = useMemo(() => entriesOf(undefined, runs), [runs]);
  const chat = runs.find(({ chat_id }) => chat_id !== null)?.chat_id ?? null;
  const latest = useRef({ own, chat });
  latest.current = { own, chat };
  const forget = useCallback(() => {
    const { own: ids, chat: kept } = latest.current;
    for (const id of ids) asking().forget(id);
    if (kept === null) return;
    const deleted = data(api.DELETE("/v1/chats/{chat_id}", { params: { path: { chat_id: kept } } }));
    void deleted.catch(() => undefined);
  }, []);
  useEffect(() => forget, [forget]);
  return {
    entries,
    running: runs.find(isAtWork),
    ask: (question: string, version: number) => {
      const id = asking().ask(assistant, { question, version, ...(chat !== null && { chat_id: chat }) });
      setOwn((known) => [...known, id]);
    },
    clear: () => {
      forget();
      setOwn([]);
    },
  };
}
