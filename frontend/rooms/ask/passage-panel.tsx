"use client";
/** A cited passage where it stands in its document, with what is before and after it. */
import { useMutation, useQuery } from "@tanstack/react-query";
import { type Ref, useEffect, useRef } from "react";
import { useTranslations } from "use-intl";
import { classNames } from "@/components/class-names";
import { Button, ButtonLink } from "@/components/ui/button";
import { Icon } from "@/components/ui/icon";
import { Modal } from "@/components/ui/modal";
import { SidePanel } from "@/components/ui/side-panel";
import { Skeleton } from "@/components/ui/skeleton";
import { passage } from "@/lib/ai/queries";
import { quoted } from "@/lib/ai/quotes";
import type { Passages } from "@/lib/ai/types";
import { ProblemError } from "@/lib/api/problem";
import { useProblemText } from "@/lib/api/use-problem-text";
import { Outcome } from "@/rooms/account/outcome";
import type { Place } from "@/rooms/ask/answer-entry";
import { linkTo } from "@/rooms/knowledge/document-acts";

type Props = { place: Place; onClose: () => void };

/** Beside a chat. */
export function PassagePanel({ place, onClose }: Props) {
  const head = useRef<HTMLHeadingElement>(null);
  useReturn(head);
  return (
    <SidePanel isNarrow title={place.document_name} headRef={head} onClose={onClose}>
      <div className="relative flex min-h-0 flex-1 flex-col gap-4 overflow-y-auto overscroll-contain p-5">
        <InDocument place={place} />
      </div>
    </SidePanel>
  );
}

/** Over what one works at. */
export function PassageDialog({ place, onClose }: { place: Place | undefined; onClose: () => void }) {
  const isOpen = place !== undefined;
  return (
    <Modal isDrawer isOpen={isOpen} onOpenChange={onClose} title={place?.document_name ?? ""}>
      {place && <InDocument place={place} />}
    </Modal>
  );
}

function InDocument({ place }: { place: Place }) {
  const t = useTranslations("ask.passage");
  const { data: found, error, refetch } = useQuery(passage(place));
  const { knowledge_base_id: base, document_id: document } = place;
  return (
    <>
      <div className="flex flex-wrap gap-2">
        <Download base={base} document={document} />
        <ButtonLink tone="quiet" size="sm" href={`/knowledge/base/?id=${base}&document=${document}`}>
          {t("document")}
        </ButtonLink>
      </div>
      {found && <Shown found={found} quote={place.quote} />}
      {!found && error && <Fault error={error} onRetry={refetch} />}
      {!found && !error && (
        <div className="flex flex-col gap-3">
          <Skeleton className="h-24" />
          <Skeleton className="h-32" />
          <Skeleton className="h-24" />
        </div>
      )}
    </>
  );
}

/** Who opens the panel is taken there, and back to where they were when it closes. */
function useReturn(head: { readonly current: HTMLElement | null }) {
  useEffect(() => {
    const from = document.activeElement;
    head.current?.focus({ preventScroll: true });
    return () => {
      if (from instanceof HTMLElement && from.isConnected) from.focus({ preventScroll: true });
    };
  }, [head]);
}

function Fault({ error, onRetry }: { error: Error; onRetry: () => unknown }) {
  const t = useTranslations("ask.passage");
  const common = useTranslations("common");
  const { textOf } = useProblemText();
  if (error instanceof ProblemError && error.status === 404) {
    return (
      <p role="alert" className="text-ink-soft">
        {t("gone")}
      </p>
    );
  }
  return (
    <div role="alert" className="flex flex-col items-start gap-2">
      <p>{textOf(error)}</p>
      <Button tone="secondary" size="sm" onClick={onRetry}>
        {common("retry")}
      </Button>
    </div>
  );
}

function Shown({ found, quote }: { found: Passages; quote: string | undefined }) {
  const cited = useRef<HTMLElement>(null);
  useEffect(() => {
    // By hand: `scrollIntoView` would scroll the page too.
    const [element, box] = [cited.current, cited.current?.closest(".overflow-y-auto")];
    if (element && box)
      box.scrollTop += element.getBoundingClientRect().top - box.getBoundingClientRect().top - 80;
  }, []);
  return (
    <div className="flex flex-col gap-3">
      {found.items.map((item, index) => {
        const isCited = item.id === found.passage_id;
        return (
          <PassageView
            key={item.id}
            item={item}
            before={found.items[index - 1]}
            isCited={isCited}
            quote={isCited ? quote : undefined}
            {...(isCited && { ref: cited })}
          />
        );
      })}
    </div>
  );
}

type Item = Passages["items"][number];
type ViewProps = {
  item: Item;
  before: Item | undefined;
  isCited: boolean;
  quote: string | undefined;
  ref?: Ref<HTMLElement>;
};

function PassageView({ item, before, isCited, quote, ref }: ViewProps) {
  const t = useTranslations("ask.passage");
  const { text, headings, page_from, page_to } = item;
  const isNewPage = page_from !== null && page_from !== before?.page_from;
  const isNewPlace = headings.join("\n") !== before?.headings.join("\n");
  const pieces = quote === undefined ? null : quoted(text, quote);
  const pages =
    page_from === null
      ? ""
      : page_to !== null && page_to !== page_from
        ? t("pages", { from: page_from, to: page_to })
        : t("page", { page: page_from });
  return (
    <section
      ref={ref}
      aria-label={isCited ? t("cited") : undefined}
      className={classNames(
        "rounded-lg text-sm leading-6",
        isCited ? "border-s-4 border-accent bg-accent-soft p-3" : "px-3 text-ink-soft",
      )}
    >
      {(isNewPage || (isCited && pages !== "")) && <p className="mb-1 text-xs font-semibold">{pages}</p>}
      {isNewPlace && headings.length > 0 && (
        <p className="mb-1 text-xs text-ink-soft wrap-anywhere">{headings.join(" › ")}</p>
      )}
      <p dir="auto" className="whitespace-pre-wrap wrap-anywhere">
        {pieces
          ? pieces.map((piece) =>
              piece.isQuoted ? (
                <mark key="quote" className="rounded bg-warn-soft px-0.5 font-medium text-warn">
                  {piece.text}
                </mark>
              ) : (
                piece.text
              ),
            )
          : text}
      </p>
      {quote !== undefined && pieces === null && <p className="mt-2 text-xs">{t("changed")}</p>}
    </section>
  );
}

function Download({ base, document }: { base: string; document: string }) {
  const t = useTranslations("ask.passage");
  const { textOf } = useProblemText();
  const download = useMutation({
    mutationFn: () => linkTo(base, document),
    onSuccess: (url) => window.location.assign(url),
  });
  return (
    <>
      <Button tone="secondary" size="sm" busy={download.isPending} onClick={() => download.mutate()}>
        <Icon name="download" className="size-4" />
        {t("download")}
      </Button>
      {download.error && <Outcome failed={textOf(download.error)} />}
    </>
  );
}
