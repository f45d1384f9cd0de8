"use client";
/** What a person does to messages that are there. Their streams show the outcome; only a refusal is told here. */
import { useState } from "react";
import { api, data } from "@/lib/api/client";
import { useProblemText } from "@/lib/api/use-problem-text";
import type { Message } from "@/lib/messaging/types";

export type MessageActs = {
  react: (message: Message, emoji: string, isAdded: boolean) => Promise<void>;
  edit: (message: Message, text: string) => Promise<boolean>;
  remove: (message: Message) => Promise<void>;
  copy: (text: string) => Promise<void>;
  refusal: string | undefined;
  dismiss: () => void;
};

const pathOf = ({ conversation_id, id }: Message) => ({ conversation_id, message_id: id });
const MESSAGE = "/v1/conversations/{conversation_id}/messages/{message_id}" as const;

export function useMessageActs(): MessageActs {
  const { textOf } = useProblemText();
  const [refusal, setRefusal] = useState<string>();
  const attempt = async (act: () => Promise<unknown>): Promise<boolean> => {
    try {
      await act();
      setRefusal(undefined);
      return true;
    } catch (error) {
      setRefusal(textOf(error));
      return false;
    }
  };
  return {
    react: async (message, emoji, isAdded) => {
      const params = { params: { path: { ...pathOf(message), emoji } } };
      const path = `${MESSAGE}/reactions/{emoji}` as const;
      await attempt(() => data(isAdded ? api.PUT(path, params) : api.DELETE(path, params)));
    },
    edit: (message, text) =>
      attempt(() => data(api.PATCH(MESSAGE, { params: { path: pathOf(message) }, body: { text } }))),
    remove: async (message) => {
      await attempt(() => data(api.DELETE(MESSAGE, { params: { path: pathOf(message) } })));
    },
    copy: async (text) => {
      await attempt(() => navigator.clipboard.writeText(text));
    },
    refusal,
    dismiss: () => setRefusal(undefined),
  };
}
