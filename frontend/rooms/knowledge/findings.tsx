"use client";
/** What was noticed about a document: the alarming first, each kind once, with the words it was noticed by. */
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { classNames } from "@/components/class-names";
import { Icon } from "@/components/ui/icon";
import { Skeleton } from "@/components/ui/skeleton";
import { findings } from "@/lib/ai/queries";
import type { Document, Finding } from "@/lib/ai/types";

const ORDER = [
  "hidden_instruction",
  "instruction",
  "hidden_text",
  "macros",
  "remote_content",
  "unreadable_text",
  "scanned_page",
  "scanned_text",
] as const satisfies readonly Finding["kind"][];
const ALARMING: ReadonlySet<Finding["kind"]> = new Set(["hidden_instruction", "instruction"]);
const FEW = 3;

export function Findings({ document }: { document: Document }) {
  const t = useTranslations("knowledge.findings");
  const { data: found, error } = useQuery(findings(document));
  if (!found)
    return error ? <p className="text-sm text-ink-soft">{t("failed")}</p> : <Skeleton className="h-10" />;
  if (found.length === 0) return <p className="text-sm text-ink-soft">{t("none")}</p>;
  return (
    <>
      <p className="text-sm text-ink-soft">{t("text")}</p>
      <ul className="mt-3 flex flex-col gap-4">
        {ORDER.map((kind) => {
          const these = found.filter((each) => each.kind === kind);
          return these.length > 0 && <Kind key={kind} kind={kind} found={these} />;
        })}
      </ul>
    </>
  );
}

function Kind({ kind, found }: { kind: Finding["kind"]; found: readonly Finding[] }) {
  const t = useTranslations("knowledge.findings");
  const [isOpen, setOpen] = useState(false);
  const isAlarming = ALARMING.has(kind);
  const told = found.filter(({ text }) => text !== "");
  return (
    <li>
      <p className={classNames("flex items-start gap-2 text-sm font-medium", isAlarming && "text-warn")}>
        <Icon name={isAlarming ? "alert" : "info"} className="size-5" />
        {t(`kinds.${kind}`)}
      </p>
      <ul className="mt-1 flex flex-col gap-1">
        {told.slice(0, isOpen ? told.length : FEW).map(({ id, text, page }) => (
          <li key={id} className="rounded-lg bg-sunken px-3 py-2 text-sm">
            <q className="wrap-anywhere">{text}</q>
            {page !== null && <span className="ms-2 text-ink-soft">{t("page", { page })}</span>}
          </li>
        ))}
      </ul>
      {told.length > FEW && !isOpen && (
        <button
          type="button"
          className="mt-1 text-sm font-medium text-accent hover:underline pointer-coarse:py-2.5"
          onClick={() => setOpen(true)}
        >
          {t("more", { count: told.length - FEW })}
        </button>
      )}
    </li>
  );
}
