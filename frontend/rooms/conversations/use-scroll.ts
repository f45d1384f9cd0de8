"use client";
/**
 * A list that grows at both ends and in between, and never moves under the reader: it follows its end while the reader
 * is there, and else keeps what they look at where it is. (Browsers anchor too, but not all, and not at the top.)
 */
import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";

const AT_END_PX = 48;
const NEAR_PX = 800;

type Anchor = { key: string; top: number };
type Options = {
  /** Changes with everything that changes the list. */
  version: unknown;
  /** The row to begin at, once it is there; null for the end. Another one leads there. */
  begin: string | null;
  /** False while newer messages are not in the list: then its end is not the end. */
  isEndThere: boolean;
  onNearStart: () => void;
  onNearEnd: () => void;
  /** The key of the last row that the reader sees. */
  onSeen: (key: string) => void;
};

export function useScroll({ version, begin, isEndThere, onNearStart, onNearEnd, onSeen }: Options) {
  const box = useRef<HTMLDivElement>(null);
  const anchor = useRef<Anchor | null>(null);
  const isFollowing = useRef(true);
  const [isAtEnd, setAtEnd] = useState(true);
  const acts = useRef({ onNearStart, onNearEnd, onSeen, isEndThere });
  acts.current = { onNearStart, onNearEnd, onSeen, isEndThere };

  const look = useCallback(() => {
    const element = box.current;
    if (!element) return;
    const { scrollTop, scrollHeight, clientHeight } = element;
    const left = scrollHeight - clientHeight - scrollTop;
    isFollowing.current = left < AT_END_PX && acts.current.isEndThere;
    setAtEnd(isFollowing.current);
    anchor.current = firstSeen(element);
    if (scrollTop < NEAR_PX) acts.current.onNearStart();
    if (left < NEAR_PX) acts.current.onNearEnd();
    const last = lastSeen(element);
    if (last !== null) acts.current.onSeen(last);
  }, []);

  const toEnd = useCallback(() => {
    isFollowing.current = true;
    box.current?.scrollTo({ top: box.current.scrollHeight });
  }, []);

  const begun = useRef<string | null>(null);
  /** Brings a row into sight, and tells whether it is there. */
  const toRow = useCallback((key: string): boolean => {
    const element = box.current;
    const row = element && rowOf(element, key);
    if (!row) return false;
    // By hand: `scrollIntoView` would scroll the page too.
    element.scrollTop += topOf(row, element) - element.clientHeight / 4;
    return true;
  }, []);

  const hold = useCallback(() => {
    const element = box.current;
    if (!element) return;
    if (isFollowing.current && acts.current.isEndThere) element.scrollTop = element.scrollHeight;
    else if (anchor.current) {
      const row = rowOf(element, anchor.current.key);
      if (row) element.scrollTop += topOf(row, element) - anchor.current.top;
    }
  }, []);

  // biome-ignore lint/correctness/useExhaustiveDependencies: each change of the list moves what is in it
  useLayoutEffect(() => {
    if (begin !== null && begun.current !== begin && toRow(begin)) begun.current = begin;
    else hold();
    look();
  }, [version, begin, isEndThere, hold, look, toRow]);

  useEffect(() => {
    const element = box.current;
    const inner = element?.firstElementChild;
    if (!element || !inner) return;
    const sizes = new ResizeObserver(hold);
    sizes.observe(element);
    sizes.observe(inner);
    return () => sizes.disconnect();
  }, [hold]);

  return { box: box as RefObject<HTMLDivElement>, isAtEnd, look, toEnd };
}

const rows = (box: HTMLElement) => [...box.querySelectorAll<HTMLElement>("[data-row]")];
const topOf = (row: HTMLElement, box: HTMLElement) =>
  row.getBoundingClientRect().top - box.getBoundingClientRect().top;

function rowOf(box: HTMLElement, key: string): HTMLElement | null {
  return box.querySelector<HTMLElement>(`[data-row="${CSS.escape(key)}"]`);
}

function firstSeen(box: HTMLElement): Anchor | null {
  const found = rows(box).find((row) => topOf(row, box) + row.offsetHeight > 0);
  return found ? { key: found.dataset.row ?? "", top: topOf(found, box) } : null;
}

function lastSeen(box: HTMLElement): string | null {
  const found = rows(box).findLast(
    (row) => topOf(row, box) + Math.min(row.offsetHeight, 40) <= box.clientHeight,
  );
  return found?.dataset.row ?? null;
}
