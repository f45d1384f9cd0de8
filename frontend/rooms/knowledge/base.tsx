"use client";
/** One knowledge base: its documents as they are now, and where more are added. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useRouter, useSearchParams } from "next/navigation";
import { Suspense, useEffect, useMemo } from "react";
import { useLocale, useTranslations } from "use-intl";
import { Link } from "@/components/link";
import { RoomProblem } from "@/components/room-problem";
import { Button, ButtonLink } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/dialog";
import { Icon } from "@/components/ui/icon";
import { Skeleton } from "@/components/ui/skeleton";
import { knowledgeBase, knowledgeBases } from "@/lib/ai/queries";
import { useRights } from "@/lib/ai/rights";
import type { Document, KnowledgeBase } from "@/lib/ai/types";
import { useDocuments } from "@/lib/ai/use-documents";
import { uploadsOf, useUploads } from "@/lib/ai/use-uploads";
import { api, data } from "@/lib/api/client";
import { ProblemError } from "@/lib/api/problem";
import { useProblemText } from "@/lib/api/use-problem-text";
import { type Locale, localizedPath } from "@/lib/i18n/locales";
import { Outcome } from "@/rooms/account/outcome";
import { Announcer } from "@/rooms/knowledge/announcer";
import { BaseForm } from "@/rooms/knowledge/base-form";
import { DocumentDrawer } from "@/rooms/knowledge/document-drawer";
import { DocumentsCard } from "@/rooms/knowledge/documents-card";
import { UploadCard } from "@/rooms/knowledge/upload-card";

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export function KnowledgeBaseRoom() {
  return (
    <Suspense fallback={<Waiting />}>
      <Chosen />
    </Suspense>
  );
}

function Chosen() {
  const asked = useSearchParams();
  const id = asked.get("id") ?? "";
  return ID.test(id) ? <One key={id} id={id} opened={asked.get("document")} /> : <Gone />;
}

function One({ id, opened }: { id: string; opened: string | null }) {
  const { data: base, error, refetch } = useQuery(knowledgeBase(id));
  if (error instanceof ProblemError && error.status === 404) return <Gone />;
  if (!base) return error ? <RoomProblem error={error} onRetry={refetch} /> : <Waiting />;
  return <Shown base={base} opened={opened} />;
}

function Shown({ base, opened }: { base: KnowledgeBase; opened: string | null }) {
  const rights = useRights();
  const router = useRouter();
  const locale = useLocale() as Locale;
  const { feed, state } = useDocuments(base.id);
  const uploads = useUploads(base.id);
  useHandOver(base.id, feed?.put);
  const { documents } = state;
  const shown = useMemo(() => {
    // What is being uploaded here has its own line, with more in it.
    const own = new Set(uploads.map(({ document_id }) => document_id));
    return documents?.filter((each) => each.state !== "uploading" || !own.has(each.id));
  }, [documents, uploads]);
  const document = opened === null ? undefined : shown?.find((each) => each.id === opened);
  const close = () =>
    router.replace(localizedPath(locale, `/knowledge/base/?id=${base.id}`), { scroll: false });
  return (
    <div className="flex flex-col gap-6">
      <Head base={base} mayAdd={rights?.mayAdd ?? false} mayDelete={rights?.mayManage ?? false} />
      {rights?.mayAdd && <UploadCard base={base.id} uploads={uploads} documents={shown ?? []} />}
      <DocumentsCard
        base={base.id}
        documents={shown}
        state={state}
        mayAdd={rights?.mayAdd ?? false}
        onRetry={feed?.fetch}
        onChanged={feed?.put}
      />
      {feed && document && (
        <DocumentDrawer
          key={document.id}
          base={base.id}
          document={document}
          mayChange={rights?.mayAdd ?? false}
          feed={feed}
          onClose={close}
        />
      )}
      <Announcer documents={documents} />
    </div>
  );
}

/** What has arrived goes from the list of uploads to that of documents. */
function useHandOver(base: string, put: ((document: Document) => void) | undefined) {
  const client = useQueryClient();
  const uploads = useUploads(base);
  useEffect(() => {
    if (!put) return;
    for (const { key, state } of uploads) {
      if (state.kind !== "done") continue;
      put(state.document);
      uploadsOf(base).remove(key);
      void client.invalidateQueries(knowledgeBases);
    }
  }, [uploads, base, put, client]);
}

type HeadProps = { base: KnowledgeBase; mayAdd: boolean; mayDelete: boolean };

function Head({ base, mayAdd, mayDelete }: HeadProps) {
  const t = useTranslations("knowledge.base");
  return (
    <div>
      <Link
        href="/knowledge/"
        className="-ms-2 inline-flex items-center gap-1 rounded-lg px-2 py-2 text-sm font-medium text-accent hover:bg-accent-soft"
      >
        <Icon name="back" className="size-4 rtl:-scale-x-100" />
        {t("back")}
      </Link>
      <div className="mt-1 flex flex-wrap items-start justify-between gap-4">
        <div className="min-w-0">
          <h1 className="text-3xl font-semibold tracking-tight wrap-anywhere">{base.name}</h1>
          {base.description && (
            <p className="mt-1 max-w-2xl text-ink-soft wrap-anywhere">{base.description}</p>
          )}
        </div>
        <div className="flex flex-wrap gap-2">
          {mayAdd && (
            <BaseForm
              base={base}
              trigger={
                <Button tone="secondary" size="sm">
                  {t("edit")}
                </Button>
              }
            />
          )}
          {mayDelete && <Delete base={base} />}
        </div>
      </div>
    </div>
  );
}

function Delete({ base: { id, name, documents, waiting, failed } }: { base: KnowledgeBase }) {
  const t = useTranslations("knowledge.base");
  const common = useTranslations("common");
  const { textOf } = useProblemText();
  const client = useQueryClient();
  const router = useRouter();
  const locale = useLocale() as Locale;
  const remove = useMutation({
    mutationFn: () =>
      data(
        api.DELETE("/v1/knowledge-bases/{knowledge_base_id}", {
          params: { path: { knowledge_base_id: id } },
        }),
      ),
    onSuccess: () => {
      router.push(localizedPath(locale, "/knowledge/"));
      return client.invalidateQueries({ queryKey: knowledgeBases.queryKey, exact: true });
    },
  });
  return (
    <>
      <ConfirmDialog
        trigger={
          <Button tone="danger" size="sm">
            {t("delete")}
          </Button>
        }
        title={t("delete_title", { name })}
        confirm={t("delete")}
        dismiss={common("cancel")}
        onConfirm={() => remove.mutateAsync().catch(() => undefined)}
      >
        {t("delete_text", { count: documents + waiting + failed })}
      </ConfirmDialog>
      <Outcome failed={remove.error ? textOf(remove.error) : undefined} />
    </>
  );
}

function Gone() {
  const t = useTranslations("knowledge.base.gone");
  return (
    <div className="flex flex-col items-center gap-2 py-14 text-center">
      <h1 className="text-xl font-semibold">{t("title")}</h1>
      <p className="text-ink-soft">{t("text")}</p>
      <ButtonLink tone="secondary" href="/knowledge/" className="mt-3">
        {t("back")}
      </ButtonLink>
    </div>
  );
}

function Waiting() {
  return (
    <div className="flex flex-col gap-6">
      <Skeleton className="h-9 w-72" />
      <Skeleton className="h-36 rounded-xl" />
      <Skeleton className="h-72 rounded-xl" />
    </div>
  );
}
