"use client";
/** Who may read what is about to be added, with the way to change it. */
import { useTranslations } from "use-intl";
import { Button } from "@/components/ui/button";
import type { DocumentAccess } from "@/lib/ai/types";
import { AccessDialog } from "@/rooms/knowledge/access-dialog";
import { useWords } from "@/rooms/knowledge/words";

export const FOR_MEMBERS: DocumentAccess = { audience: "members", roles: [], user_ids: [] };

type Props = { readers: DocumentAccess; onChange: (readers: DocumentAccess) => void };

export function ReadersLine({ readers, onChange }: Props) {
  const t = useTranslations("knowledge");
  const words = useWords();
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-1 text-sm">
      <span className="text-ink-soft">{t("upload.access")}</span>
      <span className="font-medium">{words.access(readers)}</span>
      <AccessDialog
        title={t("access.title_new")}
        access={readers}
        confirm={t("access.apply")}
        onSave={async (chosen) => onChange(chosen)}
        trigger={
          <Button tone="quiet" size="sm" aria-label={`${t("access.change")}: ${t("access.title_new")}`}>
            {t("access.change")}
          </Button>
        }
      />
    </div>
  );
}
