"use client";
/** All assistants. */
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import { Link } from "@/components/link";
import { RoomProblem } from "@/components/room-problem";
import { ButtonLink } from "@/components/ui/button";
import { buttonClasses } from "@/components/ui/button-classes";
import { Card } from "@/components/ui/card";
import { Icon } from "@/components/ui/icon";
import { Skeleton } from "@/components/ui/skeleton";
import { assistants } from "@/lib/ai/queries";
import { type Rights, useRights } from "@/lib/ai/rights";
import type { Assistant } from "@/lib/ai/types";

const NONE: Rights = { mayAdd: false, mayAsk: false, mayManage: false };

export function AssistantsRoom() {
  const t = useTranslations("assistants");
  const rights = useRights() ?? NONE;
  return (
    <div className="flex flex-col gap-6">
      <div className="flex flex-wrap items-start justify-between gap-4">
        <div>
          <h1 className="text-3xl font-semibold tracking-tight">{t("title")}</h1>
          <p className="mt-1 text-ink-soft">{t("description")}</p>
        </div>
        {rights.mayManage && <New />}
      </div>
      <Assistants rights={rights} />
    </div>
  );
}

function New() {
  const t = useTranslations("assistants");
  return (
    <ButtonLink href="/assistants/new/">
      <Icon name="plus" />
      {t("new")}
    </ButtonLink>
  );
}

function Assistants({ rights }: { rights: Rights }) {
  const t = useTranslations("assistants.list");
  const { data: found, error, refetch } = useQuery(assistants);
  if (!found) return error ? <RoomProblem error={error} onRetry={refetch} /> : <Waiting />;
  if (found.length === 0) return <None mayManage={rights.mayManage} />;
  return (
    <ul aria-label={t("label")} className="grid gap-4 sm:grid-cols-2 lg:grid-cols-3">
      {found.map((assistant) => (
        <AssistantCard key={assistant.id} assistant={assistant} rights={rights} />
      ))}
    </ul>
  );
}

type CardProps = { assistant: Assistant; rights: Rights };

function AssistantCard({ assistant: { id, name, current }, rights }: CardProps) {
  const t = useTranslations("assistants.list");
  const facts = [
    t("version", { number: current.number }),
    t("knowledge", { count: current.knowledge_base_ids.length }),
    ...(current.model === null ? [] : [current.model]),
  ];
  const act = rights.mayManage ? "set_up" : "look";
  return (
    <li className="flex min-w-0 flex-col gap-3 rounded-xl border border-line bg-raised p-5 shadow-card">
      <div className="flex min-w-0 gap-3">
        <span className="flex size-10 shrink-0 items-center justify-center rounded-lg bg-accent-soft text-accent">
          <Icon name="sparkle" />
        </span>
        <h2 className="min-w-0 self-center text-lg leading-6 font-semibold wrap-anywhere">{name}</h2>
      </div>
      {current.instructions && (
        <p dir="auto" className="line-clamp-3 text-sm text-ink-soft wrap-anywhere">
          {current.instructions}
        </p>
      )}
      <p className="mt-auto text-sm text-ink-soft">{facts.join(" · ")}</p>
      <div className="flex flex-wrap gap-2">
        {rights.mayAsk && (
          <Link
            href={`/ask/?assistant=${id}`}
            aria-label={t("ask_label", { name })}
            className={buttonClasses({ size: "sm" })}
          >
            {t("ask")}
          </Link>
        )}
        <Link
          href={`/assistants/one/?id=${id}`}
          aria-label={t(`${act}_label`, { name })}
          className={buttonClasses({ tone: "secondary", size: "sm" })}
        >
          {t(act)}
        </Link>
      </div>
    </li>
  );
}

function None({ mayManage }: { mayManage: boolean }) {
  const t = useTranslations("assistants.list.none");
  return (
    <Card className="flex flex-col items-center gap-2 py-14 text-center">
      <Icon name="sparkle" className="size-8 text-ink-soft" />
      <h2 className="text-lg font-semibold">{t("title")}</h2>
      <p className="max-w-lg text-ink-soft">{t("text")}</p>
      {mayManage ? (
        <div className="mt-3">
          <New />
        </div>
      ) : (
        <p className="max-w-lg text-ink-soft">{t("read")}</p>
      )}
    </Card>
  );
}

function Waiting() {
  return (
    <div className="grid gap-4 sm:grid-cols-2 lg:grid-cols-3">
      <Skeleton className="h-48 rounded-xl" />
      <Skeleton className="h-48 rounded-xl" />
      <Skeleton className="h-48 rounded-xl" />
    </div>
  );
}
