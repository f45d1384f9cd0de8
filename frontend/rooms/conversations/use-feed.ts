"use client";
import { useEffect, useState, useSyncExternalStore } from "react";
import type { Messaging } from "@/components/messaging";
import { Feed, type FeedState, type Where } from "@/lib/messaging/feed";

/** A conversation, or one of its threads, from the place where it is first looked at. */
export function useFeed(
  { client, inbox }: Messaging,
  conversation: string,
  root: string | null,
  where: Where,
): { feed: Feed; state: FeedState } {
  const [feed] = useState(() => new Feed(client, inbox, conversation, root));
  // biome-ignore lint/correctness/useExhaustiveDependencies: `where` is where it begins; what is shown later is asked for
  useEffect(() => feed.start(where), [feed]);
  return { feed, state: useSyncExternalStore(feed.subscribe, feed.getState, feed.getState) };
}
