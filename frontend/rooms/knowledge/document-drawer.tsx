"use client";
/** Everything about one document, and what can be done with it. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { useFormatter, useLocale, useTranslations } from "use-intl";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Icon } from "@/components/ui/icon";
import { Modal } from "@/components/ui/modal";
import { Notice } from "@/components/ui/notice";
import { ProgressBar } from "@/components/ui/progress";
import { useNames } from "@/components/use-names";
import type { DocumentFeed } from "@/lib/ai/document-feed";
import { accessOf, isOnItsWay, mayHelpToRetry, progressOf } from "@/lib/ai/documents";
import { knowledgeBases } from "@/lib/ai/queries";
import type { Document } from "@/lib/ai/types";
import { sizeText } from "@/lib/figures";
import { Outcome } from "@/rooms/account/outcome";
import { AccessDialog } from "@/rooms/knowledge/access-dialog";
import {
  DeleteButton,
  deleteDocument,
  linkTo,
  ReplaceButton,
  RetryButton,
  setAccess,
  useRefusalText,
} from "@/rooms/knowledge/document-acts";
import { Findings } from "@/rooms/knowledge/findings";
import { toneOf, useWords } from "@/rooms/knowledge/words";

type Props = {
  base: string;
  document: Document;
  mayChange: boolean;
  feed: DocumentFeed;
  onClose: () => void;
};

export function DocumentDrawer({ base, document, mayChange, feed, onClose }: Props) {
  const t = useTranslations("knowledge");
  const isGone = document.state === "deleting";
  return (
    <Modal isDrawer isOpen={!isGone} onOpenChange={(isOpen) => !isOpen && onClose()} title={document.name}>
      <State base={base} document={document} mayChange={mayChange} feed={feed} />
      <Acts document={document} mayChange={mayChange} feed={feed} onClose={onClose} />
      {!document.readable && <p className="text-sm text-ink-soft">{t("document.unreadable")}</p>}
      {document.replaces && isOnItsWay(document) && (
        <p className="text-sm text-ink-soft">{t("document.replacement")}</p>
      )}
      <Access document={document} mayChange={mayChange} feed={feed} />
      {document.readable && document.state === "ready" && (
        <Part title={t("findings.title")}>
          <Findings document={document} />
        </Part>
      )}
      <Part title={t("document.details")}>
        <Facts document={document} />
      </Part>
    </Modal>
  );
}

function State({ base, document, mayChange, feed }: Omit<Props, "onClose">) {
  const t = useTranslations("knowledge");
  const words = useWords();
  const { state, reason, name } = document;
  if (state === "failed") {
    return (
      <Notice tone="bad" title={t("documents.states.failed")}>
        {words.reason(reason)}
        {mayChange && mayHelpToRetry(reason) && (
          <p className="mt-1">
            <RetryButton base={base} document={document} onChanged={feed.put} />
          </p>
        )}
      </Notice>
    );
  }
  return (
    <div className="flex flex-col items-start gap-2">
      <Badge tone={toneOf(state)}>{words.state(document)}</Badge>
      {isOnItsWay(document) && (
        <ProgressBar label={t("documents.progress", { name })} value={Math.round(progressOf(document))} />
      )}
    </div>
  );
}

function Acts({ document, mayChange, feed, onClose }: Omit<Props, "base">) {
  const t = useTranslations("knowledge.document");
  const client = useQueryClient();
  const refusalText = useRefusalText();
  const [failed, setFailed] = useState<string>();
  const download = useMutation({
    mutationFn: () => linkTo(document.knowledge_base_id, document.id),
    onMutate: () => setFailed(undefined),
    onSuccess: (url) => window.location.assign(url),
    onError: (error) => setFailed(refusalText(error)),
  });
  const remove = async () => {
    try {
      await deleteDocument(document);
      feed.drop(document.id);
      void client.invalidateQueries(knowledgeBases);
      onClose();
    } catch (error) {
      setFailed(refusalText(error));
    }
  };
  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-wrap gap-2">
        {document.readable && document.state === "ready" && (
          <Button tone="secondary" size="sm" busy={download.isPending} onClick={() => download.mutate()}>
            <Icon name="download" className="size-4" />
            {t("download")}
          </Button>
        )}
        {mayChange && (
          <>
            <ReplaceButton document={document} onChosen={onClose} />
            <DeleteButton document={document} onConfirm={remove} />
          </>
        )}
      </div>
      <Outcome failed={failed} />
    </div>
  );
}

function Access({ document, mayChange, feed }: Pick<Props, "document" | "mayChange" | "feed">) {
  const t = useTranslations("knowledge.access");
  const roles = useTranslations("team.roles");
  const names = useNames();
  const words = useWords();
  const refusalText = useRefusalText();
  const readers = [...document.roles.map((role) => roles(role)), ...document.user_ids.map(names.nameOf)].join(
    ", ",
  );
  return (
    <Part title={t("title")}>
      <div className="flex flex-wrap items-center justify-between gap-2">
        <p className="min-w-0 flex-1">
          {words.access(document)}
          {document.audience === "restricted" && (
            <span className="block text-sm text-ink-soft wrap-anywhere">{readers}</span>
          )}
        </p>
        {mayChange && (
          <AccessDialog
            title={t("title")}
            access={accessOf(document)}
            confirm={t("save")}
            note={t("at_once")}
            onSave={async (access) => feed.put(await setAccess(document, access))}
            textOf={refusalText}
            trigger={
              <Button tone="secondary" size="sm" aria-label={`${t("change")}: ${words.access(document)}`}>
                {t("change")}
              </Button>
            }
          />
        )}
      </div>
    </Part>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="border-t border-line pt-4">
      <h3 className="mb-2 font-semibold">{title}</h3>
      {children}
    </section>
  );
}

function Facts({ document }: { document: Document }) {
  const t = useTranslations("knowledge");
  const words = useWords();
  const locale = useLocale();
  const format = useFormatter();
  const moment = (at: string) => format.dateTime(new Date(at), { dateStyle: "medium", timeStyle: "short" });
  const { content_type, size, language, pages, passages, created_at, updated_at } = document;
  const length = [
    pages !== null && pages > 0 && t("documents.pages", { count: pages }),
    passages > 0 && t("documents.passages", { count: passages }),
  ].filter((each) => each !== false);
  const facts = {
    kind: words.kind(content_type),
    size: sizeText(size, locale),
    length: length.join(", "),
    language: language === null ? "" : words.language(language),
    added: moment(created_at),
    changed: moment(updated_at),
  };
  return (
    <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-6 gap-y-1.5 text-sm">
      {(Object.keys(facts) as (keyof typeof facts)[]).map(
        (name) =>
          facts[name] !== "" && (
            <div key={name} className="contents">
              <dt className="text-ink-soft">{t(`document.${name}`)}</dt>
              <dd className="wrap-anywhere">{facts[name]}</dd>
            </div>
          ),
      )}
    </dl>
  );
}
