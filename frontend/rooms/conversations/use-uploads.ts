"use client";
/** The files of a message that is being written. */
import { useCallback, useEffect, useRef, useState } from "react";
import { useProblemText } from "@/lib/api/use-problem-text";
import { type Attachment, upload } from "@/lib/messaging/upload";

export type Uploading = {
  key: string;
  file: File;
  share: number;
  done: Attachment | undefined;
  failed: string | undefined;
};
export const MOST_FILES = 10;

export function useUploads(conversation: string) {
  const { textOf } = useProblemText();
  const [files, setFiles] = useState<readonly Uploading[]>([]);
  const aborts = useRef(new Map<string, AbortController>());
  useEffect(
    () => () => {
      for (const abort of aborts.current.values()) abort.abort();
    },
    [],
  );
  const change = useCallback(
    (key: string, news: Partial<Uploading>) =>
      setFiles((known) => known.map((each) => (each.key === key ? { ...each, ...news } : each))),
    [],
  );
  const begin = async (key: string, file: File) => {
    const abort = new AbortController();
    aborts.current.set(key, abort);
    change(key, { failed: undefined, share: 0 });
    try {
      const done = await upload(conversation, file, (share) => change(key, { share }), abort.signal);
      change(key, { done, share: 1 });
    } catch (error) {
      if (!abort.signal.aborted) change(key, { failed: textOf(error) });
    }
  };
  const add = (added: readonly File[]) => {
    const fitting = added
      .slice(0, MOST_FILES - files.length)
      .map((file) => ({ key: crypto.randomUUID(), file, share: 0, done: undefined, failed: undefined }));
    setFiles((known) => [...known, ...fitting]);
    for (const { key, file } of fitting) void begin(key, file);
  };
  const remove = (key: string) => {
    aborts.current.get(key)?.abort();
    setFiles((known) => known.filter((each) => each.key !== key));
  };
  return { files, add, remove, retry: begin, clear: () => setFiles([]) };
}
