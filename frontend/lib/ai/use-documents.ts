"use client";
import { useEffect, useState, useSyncExternalStore } from "react";
import { type DocumentFeed, documentFeed, type FeedState } from "@/lib/ai/document-feed";

const NOTHING: FeedState = { documents: undefined, error: undefined, connection: "connecting" };

/** The documents of a knowledge base, for as long as they are looked at. */
export function useDocuments(base: string): { feed: DocumentFeed | undefined; state: FeedState } {
  const [feed, setFeed] = useState<DocumentFeed>();
  useEffect(() => {
    const own = documentFeed(base);
    own.start();
    setFeed(own);
    return () => {
      setFeed(undefined);
      own.stop();
    };
  }, [base]);
  const state = useSyncExternalStore(
    (changed) => feed?.subscribe(changed) ?? (() => {}),
    () => feed?.getState() ?? NOTHING,
    () => NOTHING,
  );
  return { feed, state };
}
