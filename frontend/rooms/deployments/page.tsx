"use client";
/** All deployments, newest first; what is at work moves while one looks. */
import { useInfiniteQuery } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import { Button, ButtonLink } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Notice } from "@/components/ui/notice";
import { Skeleton } from "@/components/ui/skeleton";
import { useProblemText } from "@/lib/api/use-problem-text";
import { deployments } from "@/lib/deployments/queries";
import { DeploymentRow } from "@/rooms/deployments/row";

const LOOK_MS = 15_000;

export function DeploymentsRoom() {
  const t = useTranslations("deployments");
  return (
    <div className="flex flex-col gap-6">
      <div>
        <h1 className="text-3xl font-semibold tracking-tight">{t("title")}</h1>
        <p className="mt-1 text-ink-soft">{t("description")}</p>
      </div>
      <List />
    </div>
  );
}

function List() {
  const t = useTranslations("deployments.list");
  const common = useTranslations("common");
  const { textOf } = useProblemText();
  const query = useInfiniteQuery({ ...deployments, refetchInterval: LOOK_MS });
  const items = query.data?.pages.flatMap((page) => page.items);
  if (!items) {
    if (!query.isError) return <Waiting />;
    const again = (
      <Button tone="secondary" size="sm" onClick={() => void query.refetch()}>
        {common("retry")}
      </Button>
    );
    return <Notice live tone="bad" title={textOf(query.error)} actions={again} />;
  }
  if (items.length === 0) return <Empty />;
  return (
    <>
      <Card className="p-0!">
        <ul aria-label={t("label")} className="divide-y divide-line">
          {items.map((line) => (
            <DeploymentRow key={line.id} line={line} />
          ))}
        </ul>
      </Card>
      {query.hasNextPage && (
        <Button
          tone="secondary"
          className="self-center"
          busy={query.isFetchingNextPage}
          onClick={() => void query.fetchNextPage()}
        >
          {t("more")}
        </Button>
      )}
    </>
  );
}

function Empty() {
  const t = useTranslations("deployments.list.empty");
  return (
    <Card className="flex flex-col items-center gap-2 py-14 text-center">
      <h2 className="text-lg font-semibold">{t("title")}</h2>
      <p className="max-w-md text-ink-soft">{t("text")}</p>
      <ButtonLink tone="secondary" href="/dashboard/" className="mt-3">
        {t("action")}
      </ButtonLink>
    </Card>
  );
}

function Waiting() {
  return (
    <Card className="divide-y divide-line p-0!">
      {["first", "second", "third"].map((each) => (
        <div key={each} className="px-5 py-4">
          <Skeleton className="h-12" />
        </div>
      ))}
    </Card>
  );
}
