"use client";
/** The documents of a knowledge base, to be looked through. */
import { useDeferredValue, useId, useState } from "react";
import { useTranslations } from "use-intl";
import { RoomProblem } from "@/components/room-problem";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Icon } from "@/components/ui/icon";
import { Skeleton } from "@/components/ui/skeleton";
import type { FeedState } from "@/lib/ai/document-feed";
import { filtered, type Shown } from "@/lib/ai/documents";
import type { Document } from "@/lib/ai/types";
import { DocumentRow } from "@/rooms/knowledge/document-row";

const FILTERS: readonly Shown[] = ["all", "ready", "waiting", "failed"];
const PAGE = 50;

type Props = {
  base: string;
  documents: readonly Document[] | undefined;
  state: FeedState;
  mayAdd: boolean;
  onRetry: (() => Promise<void>) | undefined;
  onChanged: ((document: Document) => void) | undefined;
};

export function DocumentsCard({ base, documents, state, mayAdd, onRetry, onChanged }: Props) {
  const t = useTranslations("knowledge");
  return (
    <Card aria-labelledby="documents" className="flex flex-col gap-4">
      <div className="flex flex-wrap items-baseline justify-between gap-x-4 gap-y-1">
        <h2 id="documents" className="text-lg font-semibold">
          {t("documents.title")}
        </h2>
        {documents && (
          <span className="text-sm text-ink-soft">{t("documents.count", { count: documents.length })}</span>
        )}
      </div>
      <p role="status" className="text-sm font-medium text-warn empty:-mt-4">
        {state.connection === "interrupted" && documents && t("base.interrupted")}
      </p>
      {documents ? (
        <List base={base} documents={documents} mayAdd={mayAdd} onChanged={onChanged} />
      ) : state.error ? (
        <RoomProblem error={state.error} onRetry={() => onRetry?.()} />
      ) : (
        <Waiting />
      )}
    </Card>
  );
}

type ListProps = Pick<Props, "base" | "mayAdd" | "onChanged"> & { documents: readonly Document[] };

function List({ base, documents, mayAdd, onChanged }: ListProps) {
  const t = useTranslations("knowledge.documents");
  const [query, setQuery] = useState("");
  const [shown, setShown] = useState<Shown>("all");
  const [most, setMost] = useState(PAGE);
  const found = filtered(documents, useDeferredValue(query), shown);
  if (documents.length === 0) return <None mayAdd={mayAdd} />;
  return (
    <>
      <div className="flex flex-wrap items-center gap-3">
        <div className="relative min-w-0 flex-1 basis-56">
          <Icon name="search" className="pointer-events-none absolute start-3 top-3 text-ink-soft" />
          <input
            type="search"
            value={query}
            aria-label={t("search")}
            placeholder={t("search")}
            onChange={(event) => setQuery(event.target.value)}
            className="h-11 w-full rounded-lg border border-line-strong bg-raised ps-10 pe-3 placeholder:text-ink-soft"
          />
        </div>
        <Filter documents={documents} value={shown} onChange={setShown} />
      </div>
      {found.length === 0 ? (
        <p className="py-6 text-center text-ink-soft">{t("nothing")}</p>
      ) : (
        <ul aria-label={t("label")} className="-mx-5 divide-y divide-line border-t border-line">
          {found.slice(0, most).map((document) => (
            <DocumentRow
              key={document.id}
              base={base}
              document={document}
              mayAdd={mayAdd}
              onChanged={onChanged}
            />
          ))}
        </ul>
      )}
      {found.length > most && (
        <Button tone="secondary" className="self-center" onClick={() => setMost(most + PAGE)}>
          {t("more")}
        </Button>
      )}
    </>
  );
}

type FilterProps = { documents: readonly Document[]; value: Shown; onChange: (shown: Shown) => void };

function Filter({ documents, value, onChange }: FilterProps) {
  const t = useTranslations("knowledge.documents");
  const name = useId();
  return (
    <fieldset className="flex max-w-full min-w-0 gap-1 overflow-x-auto rounded-lg bg-sunken p-1">
      <legend className="sr-only">{t("shown")}</legend>
      {FILTERS.map((each) => (
        <label
          key={each}
          className="flex h-9 cursor-pointer items-center gap-1.5 rounded-md px-3 text-sm font-medium whitespace-nowrap text-ink-soft has-checked:bg-raised has-checked:text-ink has-checked:shadow-card has-focus-visible:outline-2 has-focus-visible:outline-accent pointer-coarse:h-11"
        >
          <input
            type="radio"
            name={name}
            className="sr-only"
            checked={value === each}
            onChange={() => onChange(each)}
          />
          {t(`filters.${each}`)}
          <span className="font-normal tabular-nums">{filtered(documents, "", each).length}</span>
        </label>
      ))}
    </fieldset>
  );
}

function None({ mayAdd }: { mayAdd: boolean }) {
  const t = useTranslations("knowledge.documents.none");
  return (
    <div className="flex flex-col items-center gap-1 py-8 text-center">
      <p className="font-semibold">{t("title")}</p>
      <p className="max-w-md text-ink-soft">{t(mayAdd ? "text" : "read")}</p>
    </div>
  );
}

function Waiting() {
  return (
    <div className="flex flex-col gap-3">
      <Skeleton className="h-11" />
      <Skeleton className="h-14" />
      <Skeleton className="h-14" />
      <Skeleton className="h-14" />
    </div>
  );
}
