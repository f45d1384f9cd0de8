"use client";
/** Up to where each of the others has read: as the API said, and as they were heard to move since. */
import { useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";
import type { Messaging } from "@/components/messaging";
import { conversationMembers } from "@/lib/messaging/queries";
import type { ConversationMember } from "@/lib/messaging/types";

const NOBODY: readonly ConversationMember[] = [];

export function useTakingPart({ client, inbox }: Messaging, conversation: string) {
  const query = useQuery(conversationMembers(conversation));
  const members = query.data ?? NOBODY;
  const [moved, setMoved] = useState<ReadonlyMap<string, number>>(new Map());
  useEffect(
    () =>
      client.onRead(({ conversation_id, user_id, seq }) => {
        if (conversation_id === conversation) setMoved((known) => new Map(known).set(user_id, seq));
      }),
    [client, conversation],
  );
  const { refetch } = query;
  useEffect(
    () =>
      inbox.listen(conversation, {
        onEvent: ({ kind }) => void (kind.startsWith("member.") && refetch()),
        onResync: () => void refetch(),
        onGone: () => undefined,
      }),
    [inbox, conversation, refetch],
  );
  const reads = useMemo(
    () =>
      new Map(
        members
          .filter(({ role }) => role !== "assistant")
          .map(({ user_id, read_seq }) => [user_id, Math.max(read_seq, moved.get(user_id) ?? 0)] as const),
      ),
    [members, moved],
  );
  return { members, reads };
}
