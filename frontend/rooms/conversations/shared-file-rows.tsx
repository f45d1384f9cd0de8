"use client";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import { Link } from "@/components/link";
import { Icon } from "@/components/ui/icon";
import { Spinner } from "@/components/ui/spinner";
import { isOnItsWay } from "@/lib/ai/documents";
import { document as documentQuery } from "@/lib/ai/queries";
import type { Outcome, Outcomes } from "@/lib/ai/sharing";
import type { Document } from "@/lib/ai/types";
import type { Attachment } from "@/lib/messaging/upload";
import { useWords } from "@/rooms/knowledge/words";

type Props = { files: readonly Attachment[]; outcomes: Outcomes; base: string };

/** Files that are taken into a knowledge base, each with what became of it and the way to its document. */
export function SharedFileRows({ files, outcomes, base }: Props) {
  const t = useTranslations("conversations.files");
  return (
    <ul aria-label={t("label")} className="flex flex-col divide-y divide-line rounded-lg border border-line">
      {files.map(({ id, file_name }) => (
        <li key={id} className="flex items-start gap-3 px-3 py-2.5">
          <Icon name="file" className="mt-0.5 text-ink-soft" />
          <div className="min-w-0 flex-1">
            <p className="font-medium wrap-anywhere">{file_name ?? t("unnamed")}</p>
            <div aria-live="polite" className="text-sm">
              {outcomes[id] && <State outcome={outcomes[id]} base={base} />}
            </div>
          </div>
        </li>
      ))}
    </ul>
  );
}

function State({ outcome, base }: { outcome: Outcome; base: string }) {
  const t = useTranslations("conversations.knowledge");
  const upload = useTranslations("knowledge.upload");
  const words = useWords();
  switch (outcome.kind) {
    case "copying":
      return <Working text={t("copying")} />;
    case "added":
      return <Added document={outcome.document} />;
    case "duplicate":
      return (
        <p className="text-warn">
          {upload("duplicate")} <ToDocument base={base} document={outcome.document_id} />
        </p>
      );
    case "failed":
      return <p className="text-bad">{words.fault(outcome.error)}</p>;
  }
}

function Added({ document: added }: { document: Document }) {
  const t = useTranslations("conversations.knowledge");
  const words = useWords();
  const { data: document } = useQuery(documentQuery(added));
  const link = <ToDocument base={document.knowledge_base_id} document={document.id} />;
  if (isOnItsWay(document)) {
    return (
      <>
        <Working text={words.state(document)} />
        {link}
      </>
    );
  }
  return document.state === "failed" ? (
    <p className="text-bad">
      {words.reason(document.reason)} {link}
    </p>
  ) : (
    <p className="text-good">
      {t("ready")} {link}
    </p>
  );
}

function Working({ text }: { text: string }) {
  return (
    <p className="flex items-center gap-2 text-ink-soft">
      <Spinner className="motion-reduce:animate-none" />
      {text}
    </p>
  );
}

function ToDocument({ base, document }: { base: string; document: string }) {
  const t = useTranslations("knowledge.upload");
  return (
    <Link
      href={`/knowledge/base/?id=${base}&document=${document}`}
      className="font-semibold text-accent underline underline-offset-2 pointer-coarse:py-2"
    >
      {t("show")}
    </Link>
  );
}
