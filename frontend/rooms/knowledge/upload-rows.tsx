"use client";
import { useFormatter, useLocale, useTranslations } from "use-intl";
import { Link } from "@/components/link";
import { Icon } from "@/components/ui/icon";
import { IconButton } from "@/components/ui/icon-button";
import { ProgressBar } from "@/components/ui/progress";
import type { Document } from "@/lib/ai/types";
import { isUnfinished, mayHelpToSendAgain, type Upload } from "@/lib/ai/uploads";
import { uploadsOf } from "@/lib/ai/use-uploads";
import { sizeText } from "@/lib/figures";
import { useWords } from "@/rooms/knowledge/words";

type Props = { base: string; uploads: readonly Upload[]; documents: readonly Document[] };

/** The files that are on their way to the platform, and those that did not get there. */
export function UploadRows({ base, uploads, documents }: Props) {
  const t = useTranslations("knowledge.upload");
  if (uploads.length === 0) return null;
  return (
    <ul aria-label={t("label")} className="flex flex-col divide-y divide-line border-t border-line">
      {uploads.map((upload) => (
        <Row key={upload.key} base={base} upload={upload} documents={documents} />
      ))}
    </ul>
  );
}

type RowProps = { base: string; upload: Upload; documents: readonly Document[] };

function Row({ base, upload: { key, file, replaces, state }, documents }: RowProps) {
  const t = useTranslations("knowledge.upload");
  const locale = useLocale();
  const replaced = documents.find(({ id }) => id === replaces);
  return (
    <li className="flex items-start gap-3 py-3">
      <Icon name="file" className="mt-0.5 text-ink-soft" />
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-baseline gap-x-2">
          <span className="min-w-0 font-medium wrap-anywhere">{file.name}</span>
          <span className="text-sm text-ink-soft">{sizeText(file.size, locale)}</span>
        </p>
        {replaced && <p className="text-sm text-ink-soft">{t("replaces", { name: replaced.name })}</p>}
        <State base={base} upload={{ key, file, state }} />
      </div>
      <IconButton
        small
        icon="close"
        label={t(isUnfinished(state) ? "cancel" : "dismiss", { name: file.name })}
        onClick={() => uploadsOf(base).remove(key)}
      />
    </li>
  );
}

function State({ base, upload }: { base: string; upload: Pick<Upload, "key" | "file" | "state"> }) {
  const t = useTranslations("knowledge.upload");
  const words = useWords();
  const format = useFormatter();
  const { key, file, state } = upload;
  switch (state.kind) {
    case "waiting":
    case "done":
      return <p className="text-sm text-ink-soft">{t("waiting")}</p>;
    case "reading":
    case "sending": {
      const percent = format.number(state.share, { style: "percent", maximumFractionDigits: 0 });
      return (
        <div className="flex flex-col gap-1">
          <p className="text-sm text-ink-soft tabular-nums">{t(state.kind, { percent })}</p>
          <ProgressBar label={t("progress", { name: file.name })} value={Math.round(state.share * 100)} />
        </div>
      );
    }
    case "duplicate":
      return (
        <p role="status" className="text-sm text-warn">
          {t("duplicate")}{" "}
          <Link
            href={`/knowledge/base/?id=${base}&document=${state.document_id}`}
            scroll={false}
            className="font-semibold underline underline-offset-2"
          >
            {t("show")}
          </Link>
        </p>
      );
    case "failed":
      return (
        <p role="alert" className="text-sm text-bad">
          {words.fault(state.error)}
          {mayHelpToSendAgain(state.error) && (
            <>
              {" "}
              <button
                type="button"
                className="font-semibold underline underline-offset-2 pointer-coarse:py-2"
                onClick={() => uploadsOf(base).retry(key)}
              >
                {t("retry")}
              </button>
            </>
          )}
        </p>
      );
  }
}
