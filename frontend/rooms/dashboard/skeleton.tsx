import { Card } from "@/components/ui/card";
import { Skeleton } from "@/components/ui/skeleton";
import { APPS } from "@/rooms/dashboard/app-names";

/** The dashboard's shape while it is fetched. */
export function DashboardSkeleton() {
  return (
    <div className="flex flex-col gap-6">
      <Card className="flex flex-col gap-5">
        <Skeleton className="h-7 w-40" />
        <div className="grid gap-3 sm:grid-cols-2 lg:grid-cols-5">
          {APPS.map((app) => (
            <Skeleton key={app} className="h-14 sm:h-24" />
          ))}
        </div>
        <div className="grid gap-x-8 gap-y-4 border-t border-line pt-5 sm:grid-cols-2 lg:grid-cols-5">
          {APPS.map((app) => (
            <Skeleton key={app} className="h-16" />
          ))}
        </div>
      </Card>
      <div className="grid items-start gap-6 lg:grid-cols-2">
        <Skeleton className="h-52 rounded-xl" />
        <Skeleton className="h-52 rounded-xl" />
      </div>
    </div>
  );
}
