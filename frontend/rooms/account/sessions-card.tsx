"use client";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { RoomProblem } from "@/components/room-problem";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { ConfirmDialog } from "@/components/ui/dialog";
import { Skeleton } from "@/components/ui/skeleton";
import { api, data, type Schemas } from "@/lib/api/client";
import { sessions } from "@/lib/api/queries";
import { useProblemText } from "@/lib/api/use-problem-text";
import { session } from "@/lib/session/session";
import { Outcome } from "@/rooms/account/outcome";
import { SessionLine } from "@/rooms/account/session-line";

const SHOWN_AT_FIRST = 5;

/** Where the person is signed in; each can be ended, or all. */
export function SessionsCard() {
  const t = useTranslations("account.sessions");
  const { textOf } = useProblemText();
  const client = useQueryClient();
  const { data: found, error, refetch } = useQuery(sessions);
  const end = useMutation({
    mutationFn: (id: string) =>
      data(api.DELETE("/v1/auth/sessions/{session_id}", { params: { path: { session_id: id } } })),
    onSuccess: () => client.invalidateQueries(sessions),
  });
  return (
    <Card aria-labelledby="sessions" className="flex flex-col gap-4">
      <div>
        <h2 id="sessions" className="text-lg font-semibold">
          {t("title")}
        </h2>
        <p className="mt-1 text-ink-soft">{t("text")}</p>
      </div>
      {found && <Sessions items={found.items} onEnd={(id) => end.mutateAsync(id).catch(() => undefined)} />}
      {!found && error && <RoomProblem error={error} onRetry={refetch} />}
      {!found && !error && <Skeleton className="h-36" />}
      <Outcome
        done={end.isSuccess ? t("ended") : undefined}
        failed={end.error ? textOf(end.error) : undefined}
      />
      <Everywhere />
    </Card>
  );
}

type SessionsProps = { items: Schemas["SessionAnswer"][]; onEnd: (id: string) => Promise<unknown> };

/** This one first, then the last used. */
function Sessions({ items, onEnd }: SessionsProps) {
  const t = useTranslations("account.sessions");
  const [all, setAll] = useState(false);
  const sorted = [...items].sort((one, other) => Number(other.current) - Number(one.current));
  const shown = all ? sorted : sorted.slice(0, SHOWN_AT_FIRST);
  const rest = sorted.length - shown.length;
  return (
    <div>
      <ul className="flex flex-col">
        {shown.map((item) => (
          <SessionLine key={item.id} item={item} onEnd={() => onEnd(item.id)} />
        ))}
      </ul>
      {rest > 0 && (
        <Button tone="quiet" size="sm" onClick={() => setAll(true)}>
          {t("show_more", { count: rest })}
        </Button>
      )}
    </div>
  );
}

function Everywhere() {
  const t = useTranslations("account.sessions");
  const common = useTranslations("common");
  const { textOf } = useProblemText();
  const leave = useMutation({
    mutationFn: async () => {
      await data(api.DELETE("/v1/auth/sessions"));
      // What is left of this one: its cookie, and the other tabs.
      await session()
        .close()
        .catch(() => undefined);
    },
  });
  return (
    <>
      <Outcome failed={leave.error ? textOf(leave.error) : undefined} />
      <div>
        <ConfirmDialog
          trigger={<Button tone="danger">{t("everywhere")}</Button>}
          title={t("everywhere_title")}
          confirm={t("everywhere")}
          dismiss={common("cancel")}
          onConfirm={() => leave.mutateAsync().catch(() => undefined)}
        >
          {t("everywhere_text")}
        </ConfirmDialog>
      </div>
    </>
  );
}
