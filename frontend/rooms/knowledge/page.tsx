"use client";
/** All knowledge bases. */
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import { Link } from "@/components/link";
import { RoomProblem } from "@/components/room-problem";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Icon } from "@/components/ui/icon";
import { Skeleton } from "@/components/ui/skeleton";
import { knowledgeBases } from "@/lib/ai/queries";
import { useRights } from "@/lib/ai/rights";
import type { KnowledgeBase } from "@/lib/ai/types";
import { BaseForm } from "@/rooms/knowledge/base-form";

export function KnowledgeRoom() {
  const t = useTranslations("knowledge");
  const rights = useRights();
  return (
    <div className="flex flex-col gap-6">
      <div className="flex flex-wrap items-start justify-between gap-4">
        <div>
          <h1 className="text-3xl font-semibold tracking-tight">{t("title")}</h1>
          <p className="mt-1 text-ink-soft">{t("description")}</p>
        </div>
        {rights?.mayAdd && <NewBase />}
      </div>
      <Bases mayAdd={rights?.mayAdd ?? false} />
    </div>
  );
}

function NewBase() {
  const t = useTranslations("knowledge.form");
  return (
    <BaseForm
      trigger={
        <Button>
          <Icon name="plus" />
          {t("new")}
        </Button>
      }
    />
  );
}

function Bases({ mayAdd }: { mayAdd: boolean }) {
  const t = useTranslations("knowledge.list");
  const { data: bases, error, refetch } = useQuery(knowledgeBases);
  if (!bases) return error ? <RoomProblem error={error} onRetry={refetch} /> : <Waiting />;
  if (bases.length === 0) return <None mayAdd={mayAdd} />;
  return (
    <ul aria-label={t("label")} className="grid gap-4 sm:grid-cols-2 lg:grid-cols-3">
      {bases.map((base) => (
        <BaseCard key={base.id} base={base} />
      ))}
    </ul>
  );
}

function BaseCard({ base: { id, name, description, documents, waiting, failed } }: { base: KnowledgeBase }) {
  const t = useTranslations("knowledge.list");
  return (
    <li className="relative flex min-w-0 flex-col gap-3 rounded-xl border border-line bg-raised p-5 shadow-card hover:border-line-strong">
      <div className="flex min-w-0 gap-3">
        <span className="flex size-10 shrink-0 items-center justify-center rounded-lg bg-accent-soft text-accent">
          <Icon name="book" />
        </span>
        <h2 className="min-w-0 self-center text-lg leading-6 font-semibold wrap-anywhere">
          <Link href={`/knowledge/base/?id=${id}`} className="after:absolute after:inset-0 after:rounded-xl">
            {name}
          </Link>
        </h2>
      </div>
      {description && <p className="line-clamp-3 text-sm text-ink-soft wrap-anywhere">{description}</p>}
      <p className="mt-auto flex flex-wrap items-center gap-2 pt-1 text-sm">
        <span className="text-ink-soft">{t("documents", { count: documents })}</span>
        {waiting > 0 && <Badge tone="accent">{t("waiting", { count: waiting })}</Badge>}
        {failed > 0 && <Badge tone="bad">{t("failed", { count: failed })}</Badge>}
      </p>
    </li>
  );
}

function None({ mayAdd }: { mayAdd: boolean }) {
  const t = useTranslations("knowledge.list.none");
  return (
    <Card className="flex flex-col items-center gap-2 py-14 text-center">
      <Icon name="book" className="size-8 text-ink-soft" />
      <h2 className="text-lg font-semibold">{t("title")}</h2>
      <p className="max-w-lg text-ink-soft">{t("text")}</p>
      {mayAdd ? (
        <div className="mt-3">
          <NewBase />
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
      <Skeleton className="h-40 rounded-xl" />
      <Skeleton className="h-40 rounded-xl" />
      <Skeleton className="h-40 rounded-xl" />
    </div>
  );
}
