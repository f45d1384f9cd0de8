"use client";
/** Everything that happened, line by line; it follows its end until the reader scrolls up. */
import { useId, useLayoutEffect, useMemo, useRef, useState } from "react";
import { useFormatter, useTranslations } from "use-intl";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import type { Happening, View } from "@/lib/deployments/story";
import type { Connection } from "@/lib/live/follow";
import { ConnectionNote } from "@/rooms/deployments/connection-note";
import { Said } from "@/rooms/deployments/said";
import { useWords } from "@/rooms/deployments/words";

type Props = { view: View; story: readonly Happening[]; connection: Connection };
const AT_END_PX = 24;

export function LiveLog({ initiallyOpen = false, ...props }: Props & { initiallyOpen?: boolean }) {
  const t = useTranslations("deployments.log");
  const [open, setOpen] = useState(initiallyOpen);
  const content = useId();
  return (
    <Card className="p-0!" aria-label={t("title")}>
      <div className="flex flex-wrap items-center justify-between gap-2 px-5 py-3">
        <h2 className="text-lg font-semibold">{t("title")}</h2>
        <Button tone="quiet" aria-expanded={open} aria-controls={content} onClick={() => setOpen(!open)}>
          {t(open ? "hide" : "show")}
        </Button>
      </div>
      <div id={content} hidden={!open}>
        {open && <Lines {...props} />}
      </div>
    </Card>
  );
}

function Lines({ view, story, connection }: Props) {
  const t = useTranslations("deployments.log");
  const words = useWords();
  const [phase, setPhase] = useState("");
  const lines = useMemo(() => story.map((news, index) => ({ news, before: story.slice(0, index) })), [story]);
  const shown = phase === "" ? lines : lines.filter(({ news }) => news.phase === phase);
  const { box, isFollowing, onScroll, toEnd } = useTail(shown.length);
  return (
    <>
      <div className="flex flex-wrap items-center justify-between gap-3 border-t border-line px-5 py-2">
        <label className="flex items-center gap-2 text-sm text-ink-soft">
          {t("filter")}
          <select
            value={phase}
            onChange={(event) => setPhase(event.target.value)}
            className="h-11 rounded-lg border border-line-strong bg-raised px-2 text-ink"
          >
            <option value="">{t("all")}</option>
            {view.phases.map(({ name }) => (
              <option key={name} value={name}>
                {words.phase(name)}
              </option>
            ))}
          </select>
        </label>
        <ConnectionNote announced={false} connection={connection} />
      </div>
      <div className="relative">
        <div
          ref={box}
          onScroll={onScroll}
          role="log"
          aria-live="off"
          aria-label={t("label")}
          // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
          tabIndex={0}
          className="h-80 overflow-y-auto overscroll-contain border-t border-line bg-sunken px-5 py-3 font-mono text-sm"
        >
          {shown.length === 0 && <p className="text-ink-soft">{t("empty")}</p>}
          {shown.map(({ news, before }) => (
            <p key={news.seq} className="flex flex-wrap gap-x-4 py-0.5">
              <Moment at={news.at} />
              <span className="min-w-0 flex-1 basis-52 wrap-anywhere">
                <Said words={words.line(news, before)} />
              </span>
            </p>
          ))}
        </div>
        {!isFollowing && (
          <Button tone="secondary" size="sm" onClick={toEnd} className="absolute end-4 bottom-3 shadow-card">
            {t("follow")}
          </Button>
        )}
      </div>
    </>
  );
}

function Moment({ at }: { at: string }) {
  const format = useFormatter();
  const moment = new Date(at);
  return (
    <time dateTime={at} className="text-ink-soft tabular-nums">
      {format.dateTime(moment, { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" })}
    </time>
  );
}

/** Keeps a box at its end as lines come, until somebody scrolls up; back at the end it follows again. */
function useTail(lines: number) {
  const box = useRef<HTMLDivElement>(null);
  const [isFollowing, setFollowing] = useState(true);
  const toEnd = () => {
    box.current?.scrollTo({ top: box.current.scrollHeight });
    setFollowing(true);
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: each new line moves the end
  useLayoutEffect(() => {
    if (isFollowing) box.current?.scrollTo({ top: box.current.scrollHeight });
  }, [lines, isFollowing]);
  const onScroll = () => {
    const { scrollTop = 0, scrollHeight = 0, clientHeight = 0 } = box.current ?? {};
    setFollowing(scrollHeight - clientHeight - scrollTop < AT_END_PX);
  };
  return { box, isFollowing, onScroll, toEnd };
}
