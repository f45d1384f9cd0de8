"use client";
/** Where files are dropped or chosen, who may read them, and how far each is. */
import { type DragEvent, useEffect, useRef, useState } from "react";
import { useTranslations } from "use-intl";
import { classNames } from "@/components/class-names";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Icon } from "@/components/ui/icon";
import type { Document } from "@/lib/ai/types";
import type { Upload } from "@/lib/ai/uploads";
import { uploadsOf } from "@/lib/ai/use-uploads";
import { ENDINGS } from "@/lib/files/types";
import { FOR_MEMBERS, ReadersLine } from "@/rooms/knowledge/readers-line";
import { UploadRows } from "@/rooms/knowledge/upload-rows";

type Props = { base: string; uploads: readonly Upload[]; documents: readonly Document[] };

export function UploadCard({ base, uploads, documents }: Props) {
  const t = useTranslations("knowledge.upload");
  const input = useRef<HTMLInputElement>(null);
  const [readers, setReaders] = useState(FOR_MEMBERS);
  const add = (files: Iterable<File>) => uploadsOf(base).add([...files], readers);
  const isOver = useDrop(add);
  return (
    <Card aria-labelledby="add" className="flex flex-col gap-4">
      <h2 id="add" className="text-lg font-semibold">
        {t("title")}
      </h2>
      <div
        className={classNames(
          "flex flex-col items-center gap-2 rounded-xl border-2 border-dashed px-4 py-8 text-center",
          isOver ? "border-accent bg-accent-soft" : "border-line-strong",
        )}
      >
        <Icon name="upload" className="size-7 text-ink-soft" />
        {isOver ? (
          <p className="flex h-11 items-center font-medium text-accent">{t("let_go")}</p>
        ) : (
          <p className="flex flex-wrap items-center justify-center gap-2">
            <span className="pointer-coarse:hidden">{t("drop")}</span>
            <Button tone="secondary" aria-label={t("choose_label")} onClick={() => input.current?.click()}>
              {t("choose")}
            </Button>
          </p>
        )}
        <p className="text-sm text-ink-soft">{t("kinds")}</p>
        <input
          ref={input}
          type="file"
          multiple
          hidden
          accept={ENDINGS}
          aria-label={t("choose_label")}
          onChange={(event) => {
            add(event.target.files ?? []);
            event.target.value = "";
          }}
        />
      </div>
      <ReadersLine readers={readers} onChange={setReaders} />
      <UploadRows base={base} uploads={uploads} documents={documents} />
    </Card>
  );
}

/** Files that are dropped anywhere on the page; else the browser would leave it and open them. */
function useDrop(onFiles: (files: Iterable<File>) => void): boolean {
  const [depth, setDepth] = useState(0);
  const latest = useRef(onFiles);
  latest.current = onFiles;
  useEffect(() => {
    const holdsFiles = (event: DragEvent | globalThis.DragEvent) =>
      event.dataTransfer?.types.includes("Files") ?? false;
    const onEnter = (event: globalThis.DragEvent) => holdsFiles(event) && setDepth((now) => now + 1);
    const onLeave = (event: globalThis.DragEvent) =>
      holdsFiles(event) && setDepth((now) => Math.max(0, now - 1));
    const onOver = (event: globalThis.DragEvent) => holdsFiles(event) && event.preventDefault();
    const onDrop = (event: globalThis.DragEvent) => {
      if (!holdsFiles(event)) return;
      event.preventDefault();
      setDepth(0);
      latest.current(event.dataTransfer?.files ?? []);
    };
    document.addEventListener("dragenter", onEnter);
    document.addEventListener("dragleave", onLeave);
    document.addEventListener("dragover", onOver);
    document.addEventListener("drop", onDrop);
    return () => {
      document.removeEventListener("dragenter", onEnter);
      document.removeEventListener("dragleave", onLeave);
      document.removeEventListener("dragover", onOver);
      document.removeEventListener("drop", onDrop);
    };
  }, []);
  return depth > 0;
}
