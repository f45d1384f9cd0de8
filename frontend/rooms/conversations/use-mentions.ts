"use client";
/** Completes `@na` to the name of somebody who takes part. */
import { useMemo, useState } from "react";

export type Candidate = { id: string; name: string; isAssistant?: boolean };
const MOST = 6;
const BEGUN = /(?:^|[\s(])@([\p{L}\p{N}][\p{L}\p{N} .'-]{0,30}|)$/u;

export function useMentions(candidates: readonly Candidate[]) {
  const [begun, setBegun] = useState<string | null>(null);
  const [active, setActive] = useState(0);
  const found = useMemo(() => {
    if (begun === null) return [];
    const wanted = begun.toLocaleLowerCase();
    const fits = ({ name }: Candidate) =>
      name.toLocaleLowerCase().startsWith(wanted) ||
      name
        .toLocaleLowerCase()
        .split(/\s+/)
        .some((word) => word.startsWith(wanted));
    return candidates.filter(fits).slice(0, MOST);
  }, [begun, candidates]);
  return {
    found,
    active: Math.min(active, Math.max(0, found.length - 1)),
    /** Called with the text before the caret. */
    look: (before: string) => {
      const next = BEGUN.exec(before)?.[1] ?? null;
      setBegun(next);
      if (next !== begun) setActive(0);
    },
    move: (by: number) => setActive((at) => (at + by + found.length) % Math.max(1, found.length)),
    close: () => setBegun(null),
    /** The text before the caret with the name in place of what was begun. */
    complete: (before: string, { name }: Candidate) =>
      `${before.slice(0, before.length - (begun?.length ?? 0))}${name} `,
  };
}
