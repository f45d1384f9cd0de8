"use client";
/** What can be done with one document. */
import { useMutation } from "@tanstack/react-query";
import { useRef } from "react";
import { useTranslations } from "use-intl";
import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/dialog";
import { Icon } from "@/components/ui/icon";
import { accessOf } from "@/lib/ai/documents";
import type { Document, DocumentAccess } from "@/lib/ai/types";
import { uploadsOf } from "@/lib/ai/use-uploads";
import { api, data } from "@/lib/api/client";
import { ProblemError } from "@/lib/api/problem";
import { useProblemText } from "@/lib/api/use-problem-text";
import { ENDINGS } from "@/lib/files/types";

const ONE = "/v1/knowledge-bases/{knowledge_base_id}/documents/{document_id}" as const;
const paramsOf = ({ knowledge_base_id, id }: Document) => ({ path: { knowledge_base_id, document_id: id } });

export function setAccess(document: Document, body: DocumentAccess): Promise<Document> {
  return data(api.PUT(`${ONE}/access`, { params: paramsOf(document), body }));
}

export function deleteDocument(document: Document): Promise<unknown> {
  return data(api.DELETE(ONE, { params: paramsOf(document) }));
}

/** Where the file can be fetched for some minutes. */
export async function linkTo(knowledge_base_id: string, document_id: string): Promise<string> {
  const params = { path: { knowledge_base_id, document_id } };
  return (await data(api.GET(`${ONE}/download`, { params }))).url;
}

/** A refusal in words: the API tells nobody that a document is another's. */
export function useRefusalText(): (error: unknown) => string {
  const t = useTranslations("knowledge.document");
  const { textOf } = useProblemText();
  return (error) =>
    error instanceof ProblemError && error.code === "document_not_found" ? t("not_yours") : textOf(error);
}

type RetryProps = { base: string; document: Document; onChanged: ((document: Document) => void) | undefined };

export function RetryButton({ document, onChanged }: RetryProps) {
  const t = useTranslations("knowledge.document");
  const refusalText = useRefusalText();
  const retry = useMutation({
    mutationFn: () => data(api.POST(`${ONE}/retry`, { params: paramsOf(document) })),
    onSuccess: onChanged ?? (() => undefined),
  });
  return (
    <>
      <button
        type="button"
        aria-label={`${t("retry")}: ${document.name}`}
        disabled={retry.isPending}
        className="font-semibold underline underline-offset-2 pointer-coarse:py-2"
        onClick={() => retry.mutate()}
      >
        {t("retry")}
      </button>
      {retry.error && <span role="alert"> {refusalText(retry.error)}</span>}
    </>
  );
}

/** The new file takes the readers of the old one with its place. */
export function ReplaceButton({ document, onChosen }: { document: Document; onChosen: () => void }) {
  const t = useTranslations("knowledge.document");
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={input}
        type="file"
        hidden
        accept={ENDINGS}
        aria-label={t("replace_label")}
        onChange={(event) => {
          const files = [...(event.target.files ?? [])];
          if (files.length === 0) return;
          uploadsOf(document.knowledge_base_id).add(files, accessOf(document), document.id);
          onChosen();
        }}
      />
      <Button tone="secondary" size="sm" onClick={() => input.current?.click()}>
        <Icon name="upload" className="size-4" />
        {t("replace")}
      </Button>
    </>
  );
}

export function DeleteButton({
  document,
  onConfirm,
}: {
  document: Document;
  onConfirm: () => Promise<unknown>;
}) {
  const t = useTranslations("knowledge.document");
  const common = useTranslations("common");
  return (
    <ConfirmDialog
      trigger={
        <Button tone="danger" size="sm">
          <Icon name="trash" className="size-4" />
          {t("delete")}
        </Button>
      }
      title={t("delete_title", { name: document.name })}
      confirm={t("delete")}
      dismiss={common("cancel")}
      onConfirm={onConfirm}
    >
      {t("delete_text")}
    </ConfirmDialog>
  );
}
