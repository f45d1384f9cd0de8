"use client";
/** Ask: the reader's chats, the one that is open, and beside it the passage that was cited. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useRouter, useSearchParams } from "next/navigation";
import { Suspense, useEffect, useRef, useState } from "react";
import { useLocale, useTranslations } from "use-intl";
import { RoomProblem } from "@/components/room-problem";
import { ButtonLink } from "@/components/ui/button";
import { Icon } from "@/components/ui/icon";
import { Spinner } from "@/components/ui/spinner";
import { withAnswer } from "@/lib/ai/answers";
import { answers, assistants, chats } from "@/lib/ai/queries";
import { useRights } from "@/lib/ai/rights";
import type { Assistant } from "@/lib/ai/types";
import { asking, useRuns } from "@/lib/ai/use-asking";
import { type Locale, localizedPath } from "@/lib/i18n/locales";
import type { Place } from "@/rooms/ask/answer-entry";
import { ChatList } from "@/rooms/ask/chat-list";
import { ChatView } from "@/rooms/ask/chat-view";
import { PassagePanel } from "@/rooms/ask/passage-panel";

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export function AskRoom() {
  const t = useTranslations("ask");
  return (
    <div className="flex h-full min-h-0 bg-raised">
      <h1 className="sr-only">{t("title")}</h1>
      <Suspense fallback={<Waiting />}>
        <Entered />
      </Suspense>
    </div>
  );
}

function Entered() {
  const rights = useRights();
  const { data: found, error, refetch } = useQuery(assistants);
  if (rights?.mayAsk === false) return <Closed />;
  if (!found || !rights) {
    if (!error) return <Waiting />;
    return (
      <div className="w-full p-6">
        <RoomProblem error={error} onRetry={refetch} />
      </div>
    );
  }
  return found.length === 0 ? <NoAssistant mayManage={rights.mayManage} /> : <Columns assistants={found} />;
}

function Columns({ assistants: known }: { assistants: readonly Assistant[] }) {
  const asked = useSearchParams();
  const [isListOpen, setListOpen] = useState(false);
  const [place, setPlace] = useState<Place>();
  const given = asked.get("chat");
  const chat = given !== null && ID.test(given) ? given : null;
  const wanted = asked.get("assistant");
  const assistant = known.find(({ id }) => id === wanted) ?? known[0];
  // A chat stays the view in which it was begun: its key is that of the new chat that it was.
  const [fresh, setFresh] = useState(0);
  const views = useRef(new Map<string, string>());
  useKeepEnded();
  const goTo = useGoTo();
  // What stands beside one chat does not stand beside another.
  // biome-ignore lint/correctness/useExhaustiveDependencies: when the chat changes
  useEffect(() => {
    setPlace(undefined);
    setListOpen(false);
  }, [chat]);
  if (!assistant) return null;
  const freshView = `new-${assistant.id}-${fresh}`;
  const begin = (with_assistant: string) => {
    setListOpen(false);
    setFresh(fresh + 1);
    goTo(with_assistant, null);
  };
  return (
    <div className="relative flex min-h-0 min-w-0 flex-1">
      <ChatList
        chosen={chat}
        assistants={known}
        isOpen={isListOpen}
        onClose={() => setListOpen(false)}
        onNew={() => begin(assistant.id)}
      />
      <ChatView
        key={chat === null ? freshView : (views.current.get(chat) ?? chat)}
        chat={chat}
        assistant={assistant}
        assistants={known}
        onBegin={begin}
        onBegun={(id) => {
          views.current.set(id, freshView);
          goTo(assistant.id, id, "replace");
        }}
        onList={() => setListOpen(true)}
        onOpen={setPlace}
      />
      {place && (
        <PassagePanel
          key={`${place.passage_id} ${place.quote}`}
          place={place}
          onClose={() => setPlace(undefined)}
        />
      )}
    </div>
  );
}

function useGoTo() {
  const router = useRouter();
  const locale = useLocale() as Locale;
  return (assistant: string, chat: string | null, how: "push" | "replace" = "push") => {
    const query = chat === null ? `assistant=${assistant}` : `assistant=${assistant}&chat=${chat}`;
    router[how](localizedPath(locale, `/ask/?${query}`), { scroll: false });
  };
}

/** What has ended here is known from now on as if it had been fetched. */
function useKeepEnded() {
  const client = useQueryClient();
  const runs = useRuns();
  useEffect(() => {
    for (const { id, answer } of runs) {
      if (!answer) continue;
      client.setQueryData(answers(answer.chat_id).queryKey, (known) => withAnswer(known, answer));
      asking().forget(id);
      void client.invalidateQueries(chats);
    }
  }, [runs, client]);
}

function Closed() {
  const t = useTranslations("ask.closed");
  return (
    <div className="m-auto flex max-w-md flex-col items-center gap-2 p-6 text-center">
      <Icon name="lock" className="size-8 text-ink-soft" />
      <h2 className="text-lg font-semibold">{t("title")}</h2>
      <p className="text-ink-soft">{t("text")}</p>
      <ButtonLink tone="secondary" href="/knowledge/" className="mt-3">
        {t("knowledge")}
      </ButtonLink>
    </div>
  );
}

function NoAssistant({ mayManage }: { mayManage: boolean }) {
  const t = useTranslations("ask.none");
  return (
    <div className="m-auto flex max-w-md flex-col items-center gap-2 p-6 text-center">
      <Icon name="sparkle" className="size-8 text-ink-soft" />
      <h2 className="text-lg font-semibold">{t("title")}</h2>
      <p className="text-ink-soft">
        {t("text")} {!mayManage && t("ask")}
      </p>
      {mayManage && (
        <ButtonLink href="/assistants/new/" className="mt-3">
          {t("manage")}
        </ButtonLink>
      )}
    </div>
  );
}

function Waiting() {
  const common = useTranslations("common");
  return (
    <p className="m-auto text-ink-soft">
      <Spinner />
      <span className="sr-only">{common("loading")}</span>
    </p>
  );
}
