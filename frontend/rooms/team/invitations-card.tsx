"use client";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useFormatter, useTranslations } from "use-intl";
import { RoomProblem } from "@/components/room-problem";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { ConfirmDialog } from "@/components/ui/dialog";
import { Skeleton } from "@/components/ui/skeleton";
import { api, data, type Schemas } from "@/lib/api/client";
import { useProblemText } from "@/lib/api/use-problem-text";
import { invitations } from "@/lib/team/queries";
import { Outcome } from "@/rooms/account/outcome";

/** Who was asked and has not answered; each can be withdrawn. */
export function InvitationsCard() {
  const t = useTranslations("team.invitations");
  const { textOf } = useProblemText();
  const client = useQueryClient();
  const { data: found, error, refetch } = useQuery(invitations);
  const withdraw = useMutation({
    mutationFn: (id: string) =>
      data(
        api.DELETE("/v1/members/invitations/{invitation_id}", { params: { path: { invitation_id: id } } }),
      ),
    onSettled: () => client.invalidateQueries({ queryKey: ["team"] }),
  });
  return (
    <Card aria-labelledby="invitations" className="flex flex-col gap-4">
      <h2 id="invitations" className="text-lg font-semibold">
        {t("title")}
      </h2>
      {found && found.length === 0 && <p className="text-ink-soft">{t("none")}</p>}
      {found && found.length > 0 && (
        <ul className="flex flex-col">
          {found.map((each) => (
            <Line
              key={each.id}
              invitation={each}
              onWithdraw={() => withdraw.mutateAsync(each.id).catch(() => undefined)}
            />
          ))}
        </ul>
      )}
      {!found && error && <RoomProblem error={error} onRetry={refetch} />}
      {!found && !error && <Skeleton className="h-16" />}
      <Outcome
        done={withdraw.isSuccess ? t("withdrawn") : undefined}
        failed={withdraw.error ? textOf(withdraw.error) : undefined}
      />
    </Card>
  );
}

type LineProps = { invitation: Schemas["InvitationAnswer"]; onWithdraw: () => Promise<unknown> };

function Line({ invitation: { email, role, expires_at }, onWithdraw }: LineProps) {
  const t = useTranslations("team.invitations");
  const roles = useTranslations("team.roles");
  const common = useTranslations("common");
  const format = useFormatter();
  const date = format.dateTime(new Date(expires_at), { dateStyle: "medium" });
  return (
    <li className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 border-t border-line py-3 first:border-t-0">
      <div className="min-w-0 flex-1 basis-56">
        <p className="font-medium wrap-anywhere">{email}</p>
        <p className="text-sm text-ink-soft">{t("until", { role: roles(role), date })}</p>
      </div>
      <ConfirmDialog
        trigger={
          <Button tone="secondary" size="sm" aria-label={t("withdraw_label", { email })}>
            {t("withdraw")}
          </Button>
        }
        title={t("withdraw_title")}
        confirm={t("withdraw")}
        dismiss={common("cancel")}
        onConfirm={onWithdraw}
      >
        {t("withdraw_text", { email })}
      </ConfirmDialog>
    </li>
  );
}
