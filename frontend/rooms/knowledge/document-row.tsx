"use client";
import { useFormatter, useTranslations } from "use-intl";
import { Link } from "@/components/link";
import { Badge } from "@/components/ui/badge";
import { Icon } from "@/components/ui/icon";
import { ProgressBar } from "@/components/ui/progress";
import { isOnItsWay, mayHelpToRetry, progressOf } from "@/lib/ai/documents";
import type { Document } from "@/lib/ai/types";
import { RetryButton } from "@/rooms/knowledge/document-acts";
import { toneOf, useWords } from "@/rooms/knowledge/words";

type Props = {
  base: string;
  document: Document;
  mayAdd: boolean;
  onChanged: ((document: Document) => void) | undefined;
};

/** One document: how it is, or how far; its name leads to everything about it. */
export function DocumentRow({ base, document, mayAdd, onChanged }: Props) {
  const t = useTranslations("knowledge.documents");
  const words = useWords();
  const { id, name, state, reason } = document;
  return (
    <li className="relative flex items-start gap-3 px-5 py-3.5 hover:bg-sunken">
      <Icon name="file" className="mt-0.5 text-ink-soft" />
      <div className="flex min-w-0 flex-1 flex-col gap-1">
        <div className="flex flex-wrap items-baseline justify-between gap-x-4 gap-y-1">
          <Link
            href={`/knowledge/base/?id=${base}&document=${id}`}
            scroll={false}
            className="min-w-0 font-medium wrap-anywhere after:absolute after:inset-0 hover:underline"
          >
            {name}
          </Link>
          <Badge tone={toneOf(state)}>{t(`states.${state}`)}</Badge>
        </div>
        <Facts document={document} />
        {isOnItsWay(document) && (
          <div className="mt-1 flex flex-col gap-1">
            <p className="text-sm text-ink-soft tabular-nums">{words.state(document)}</p>
            <ProgressBar label={t("progress", { name })} value={Math.round(progressOf(document))} />
          </div>
        )}
        {state === "failed" && (
          <p className="text-sm text-bad">
            {words.reason(reason)}
            {mayAdd && mayHelpToRetry(reason) && (
              <span className="relative">
                {" "}
                <RetryButton base={base} document={document} onChanged={onChanged} />
              </span>
            )}
          </p>
        )}
      </div>
    </li>
  );
}

/** Kind, length, readers and day, as far as they are known. */
function Facts({ document }: { document: Document }) {
  const t = useTranslations("knowledge.documents");
  const words = useWords();
  const format = useFormatter();
  const { content_type, pages, passages, audience, readable, created_at } = document;
  const icon = ({ everyone: "globe", members: "users", restricted: "lock" } as const)[audience];
  const facts = [
    words.kind(content_type),
    pages !== null && pages > 0 && t("pages", { count: pages }),
    passages > 0 && t("passages", { count: passages }),
    format.dateTime(new Date(created_at), { dateStyle: "medium" }),
  ].filter((each) => each !== false);
  return (
    <p className="flex flex-wrap items-center gap-x-3 gap-y-0.5 text-sm text-ink-soft">
      <span>{facts.join(" · ")}</span>
      <span className="inline-flex min-w-0 items-center gap-1">
        <Icon name={icon} className="size-4" />
        {words.access(document)}
      </span>
      {!readable && <span>{t("unreadable")}</span>}
    </p>
  );
}
