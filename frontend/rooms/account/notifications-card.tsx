"use client";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import { RoomProblem } from "@/components/room-problem";
import { Card } from "@/components/ui/card";
import { Skeleton } from "@/components/ui/skeleton";
import { api, data } from "@/lib/api/client";
import { useProblemText } from "@/lib/api/use-problem-text";
import { type Notification, notificationPreferences } from "@/lib/messaging/notifications";
import { Outcome } from "@/rooms/account/outcome";

type Kind = Notification["kind"];
const KINDS: readonly Kind[] = [
  "mention",
  "direct_message",
  "thread_reply",
  "added_to_conversation",
  "trial_ending",
  "deployment_succeeded",
  "deployment_failed",
  "payment_failed",
  "document_suspicious",
];

/** What one wants to be told of; each choice holds at once. */
export function NotificationsCard() {
  const t = useTranslations("account.notifications");
  const { textOf } = useProblemText();
  const client = useQueryClient();
  const { data: found, error, refetch } = useQuery(notificationPreferences);
  const save = useMutation({
    mutationFn: (wanted: Partial<Record<Kind, boolean>>) =>
      data(api.PUT("/v1/notifications/preferences", { body: { wanted: wanted as Record<Kind, boolean> } })),
    onSuccess: (answer) => client.setQueryData(notificationPreferences.queryKey, answer),
  });
  const wanted = { ...found?.wanted, ...(save.isPending && save.variables) };
  return (
    <Card
      id="notifications"
      aria-labelledby="notifications-title"
      className="flex scroll-mt-4 flex-col gap-4"
    >
      <div>
        <h2 id="notifications-title" className="text-lg font-semibold">
          {t("title")}
        </h2>
        <p className="mt-1 text-ink-soft">{t("text")}</p>
      </div>
      {found && (
        <ul className="flex flex-col">
          {KINDS.map((kind) => (
            <li key={kind}>
              <label className="flex min-h-11 items-center gap-3">
                <input
                  type="checkbox"
                  className="size-5 accent-accent"
                  checked={wanted[kind] ?? true}
                  onChange={(event) => save.mutate({ [kind]: event.target.checked })}
                />
                {t(`kinds.${kind}`)}
              </label>
            </li>
          ))}
        </ul>
      )}
      {!found && error && <RoomProblem error={error} onRetry={refetch} />}
      {!found && !error && <Skeleton className="h-88" />}
      <Outcome failed={save.error ? textOf(save.error) : undefined} />
    </Card>
  );
}
