"use client";
/** What was begun and not sent: kept by the API, so that another device goes on with it. */
import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef } from "react";
import { api, data } from "@/lib/api/client";
import { draftOf } from "@/lib/messaging/queries";

const KEEP_AFTER_MS = 1_000;
const DRAFT = "/v1/conversations/{conversation_id}/draft" as const;

export function useDraft(conversation: string, root: string | null, onLoaded: (text: string) => void) {
  const client = useQueryClient();
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const latest = useRef<string | null>(null);
  const sending = useRef<Promise<void>>(Promise.resolve());
  const loaded = useRef(onLoaded);
  loaded.current = onLoaded;

  const flush = useCallback(async () => {
    clearTimeout(timer.current);
    const text = latest.current;
    if (text === null) return;
    latest.current = null;
    // One after the other: a text that is thrown away must not be overtaken by the one before.
    sending.current = sending.current.then(() => store(conversation, root, text));
    await sending.current;
  }, [conversation, root]);

  useEffect(() => {
    let isOver = false;
    client
      .fetchQuery(draftOf(conversation, root))
      .then((draft) => !isOver && draft.text && latest.current === null && loaded.current(draft.text))
      .catch(() => undefined);
    return () => {
      isOver = true;
      void flush();
    };
  }, [client, conversation, root, flush]);

  const keep = useCallback(
    (text: string) => {
      latest.current = text;
      clearTimeout(timer.current);
      timer.current = setTimeout(() => void flush(), KEEP_AFTER_MS);
    },
    [flush],
  );
  return { keep, flush };
}

async function store(conversation: string, root: string | null, text: string): Promise<void> {
  const query = root === null ? {} : { thread_root_id: root };
  const params = { path: { conversation_id: conversation }, query };
  try {
    if (text.trim() === "") await data(api.DELETE(DRAFT, { params }));
    else await data(api.PUT(DRAFT, { params, body: { text } }));
  } catch {
    // It stays in the field; the next change keeps it.
  }
}
