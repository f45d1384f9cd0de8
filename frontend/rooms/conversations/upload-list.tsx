"use client";
import { useLocale, useTranslations } from "use-intl";
import { Icon } from "@/components/ui/icon";
import { IconButton } from "@/components/ui/icon-button";
import { ProgressBar } from "@/components/ui/progress";
import { sizeText } from "@/lib/figures";
import type { Uploading } from "@/rooms/conversations/use-uploads";

type Props = {
  files: readonly Uploading[];
  onRemove: (key: string) => void;
  onRetry: (key: string, file: File) => void;
};

/** The files that go with what is being written, and how far each is. */
export function UploadList({ files, onRemove, onRetry }: Props) {
  const t = useTranslations("conversations.files");
  const locale = useLocale();
  if (files.length === 0) return null;
  return (
    <ul aria-label={t("label")} className="flex flex-wrap gap-2 px-3 pt-3">
      {files.map(({ key, file, share, done, failed }) => (
        <li key={key} className="flex w-64 max-w-full items-center gap-2 rounded-lg border border-line p-2">
          <Icon name="file" className="text-ink-soft" />
          <div className="min-w-0 flex-1">
            <p className="truncate text-sm font-medium">{file.name}</p>
            {failed ? (
              <p role="alert" className="text-xs text-bad">
                {failed}{" "}
                <button type="button" className="font-semibold underline" onClick={() => onRetry(key, file)}>
                  {t("retry")}
                </button>
              </p>
            ) : done ? (
              <p className="text-xs text-ink-soft">{sizeText(file.size, locale)}</p>
            ) : (
              <ProgressBar label={t("progress", { name: file.name })} value={Math.round(share * 100)} />
            )}
          </div>
          <IconButton
            small
            icon="close"
            label={t("remove", { name: file.name })}
            onClick={() => onRemove(key)}
          />
        </li>
      ))}
    </ul>
  );
}
