"use client";
/** The people of the business; who manages them invites, changes roles and removes. */
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import { RoomProblem } from "@/components/room-problem";
import { Skeleton } from "@/components/ui/skeleton";
import { me } from "@/lib/api/queries";
import { members } from "@/lib/team/queries";
import { InvitationsCard } from "@/rooms/team/invitations-card";
import { InviteCard } from "@/rooms/team/invite-card";
import { PeopleCard } from "@/rooms/team/people-card";
import { SeatsCard } from "@/rooms/team/seats-card";

export function TeamRoom() {
  const t = useTranslations("team");
  const who = useQuery(me);
  const people = useQuery(members);
  const failed = (!who.data && who.error) || (!people.data && people.error);
  if (failed)
    return <RoomProblem error={failed} onRetry={() => Promise.all([who.refetch(), people.refetch()])} />;
  const manages = who.data?.permissions.includes("member:manage") ?? false;
  return (
    <div className="flex flex-col gap-6">
      <div>
        <h1 className="text-3xl font-semibold tracking-tight">{t("title")}</h1>
        <p className="mt-1 text-ink-soft">{t("description")}</p>
      </div>
      {who.data && people.data ? (
        <div className="grid items-start gap-6 lg:grid-cols-[minmax(0,1fr)_22rem]">
          <div className="flex flex-col gap-6">
            <PeopleCard me={who.data} people={people.data} />
            {manages && <InvitationsCard />}
          </div>
          {manages && (
            <div className="flex flex-col gap-6">
              <InviteCard />
              <SeatsCard />
            </div>
          )}
        </div>
      ) : (
        <div className="grid items-start gap-6 lg:grid-cols-[minmax(0,1fr)_22rem]">
          <Skeleton className="h-72 rounded-xl" />
          <Skeleton className="h-80 rounded-xl" />
        </div>
      )}
    </div>
  );
}
