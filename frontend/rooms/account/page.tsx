"use client";
/** The person: profile, password, sessions; and the business they work in. */
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import { RoomProblem } from "@/components/room-problem";
import { Skeleton } from "@/components/ui/skeleton";
import { me } from "@/lib/api/queries";
import { BusinessCard } from "@/rooms/account/business-card";
import { NotificationsCard } from "@/rooms/account/notifications-card";
import { PasswordCard } from "@/rooms/account/password-card";
import { ProfileCard } from "@/rooms/account/profile-card";
import { SessionsCard } from "@/rooms/account/sessions-card";

export function AccountRoom() {
  const t = useTranslations("account");
  const { data, error, refetch } = useQuery(me);
  if (!data && error) return <RoomProblem error={error} onRetry={refetch} />;
  return (
    <div className="flex flex-col gap-6">
      <h1 className="text-3xl font-semibold tracking-tight">{t("title")}</h1>
      <div className="grid items-start gap-6 lg:grid-cols-2">
        {data ? (
          <>
            {/* Another person, another form: what was typed for one is not saved for the next. */}
            <ProfileCard key={data.user.id} user={data.user} />
            <PasswordCard email={data.user.email} />
            <SessionsCard />
            <BusinessCard me={data} />
            <NotificationsCard />
          </>
        ) : (
          <>
            <Skeleton className="h-96 rounded-xl" />
            <Skeleton className="h-96 rounded-xl" />
            <Skeleton className="h-80 rounded-xl" />
            <Skeleton className="h-80 rounded-xl" />
            <Skeleton className="h-112 rounded-xl" />
          </>
        )}
      </div>
    </div>
  );
}
