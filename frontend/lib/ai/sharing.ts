/** Files of conversations that are taken into a knowledge base: each becomes a document, or is refused for a reason. */
import { duplicateOf } from "@/lib/ai/documents";
import type { Document, DocumentAccess } from "@/lib/ai/types";
import { mayHelpToSendAgain } from "@/lib/ai/uploads";
import { api, data } from "@/lib/api/client";
import type { Attachment } from "@/lib/messaging/upload";

export type Outcome =
  | { kind: "copying" }
  | { kind: "added"; document: Document }
  | { kind: "duplicate"; document_id: string }
  | { kind: "failed"; error: unknown };
export type Outcomes = Readonly<Record<string, Outcome>>;

const PICTURES_AND_SOUND = /^(image|audio|video)\//;

/** The files that may hold text and have passed the check. Whether text is read from one is the API's to say. */
export function addable(attachments: readonly Attachment[]): Attachment[] {
  return attachments.filter(
    ({ state, content_type }) => state === "ready" && !PICTURES_AND_SOUND.test(content_type),
  );
}

export function isSettled(outcome: Outcome | undefined): boolean {
  return outcome?.kind === "added" || outcome?.kind === "duplicate";
}

/** Whether nothing would change if it were tried again. */
export function isOver(outcome: Outcome | undefined): boolean {
  return outcome?.kind === "failed" ? !mayHelpToSendAgain(outcome.error) : isSettled(outcome);
}

/** Copies one after another what is not there yet; one that fails keeps none of the others back. */
export async function addAll(
  files: readonly Attachment[],
  before: Outcomes,
  copy: (file: Attachment) => Promise<Document>,
  onOutcome: (file: Attachment, outcome: Outcome) => void,
): Promise<void> {
  for (const file of files) {
    if (isSettled(before[file.id])) continue;
    onOutcome(file, { kind: "copying" });
    try {
      onOutcome(file, { kind: "added", document: await copy(file) });
    } catch (error) {
      const document_id = duplicateOf(error);
      onOutcome(
        file,
        document_id === undefined ? { kind: "failed", error } : { kind: "duplicate", document_id },
      );
    }
  }
}

export type Target = { knowledge_base_id: string; conversation_id: string; access: DocumentAccess };

export function copyInto({ knowledge_base_id, ...rest }: Target, attachment_id: string): Promise<Document> {
  return data(
    api.POST("/v1/knowledge-bases/{knowledge_base_id}/shared-files", {
      params: { path: { knowledge_base_id } },
      body: { ...rest, attachment_id },
    }),
  );
}
