"use client";
/** Names of the people of the business, and of its assistants. */
import { useQuery } from "@tanstack/react-query";
import { useCallback, useMemo } from "react";
import { useTranslations } from "use-intl";
import { useMessaging } from "@/components/messaging";
import { assistants } from "@/lib/ai/queries";
import { people } from "@/lib/messaging/queries";
import type { Conversation } from "@/lib/messaging/types";

const NOBODY: Named[] = [];

export type Named = { user_id: string; full_name: string };
export type Names = {
  people: readonly Named[];
  /** Who can be written to and named: people, then assistants. */
  everybody: readonly Named[];
  isAssistant: (user: string | undefined) => boolean;
  nameOf: (user: string) => string;
  /** What a conversation is called: its title, or who is in it beside the reader. */
  titleOf: (conversation: Conversation) => string;
};

export function useNames(): Names {
  const t = useTranslations("conversations");
  const me = useMessaging()?.me;
  const { data: persons = NOBODY } = useQuery({ ...people, enabled: me !== undefined });
  const { data: helpers } = useQuery({ ...assistants, enabled: me !== undefined, staleTime: 60_000 });
  const everybody = useMemo(
    () => [...persons, ...(helpers ?? []).map(({ id, name }) => ({ user_id: id, full_name: name }))],
    [persons, helpers],
  );
  const byId = useMemo(() => new Map(everybody.map((one) => [one.user_id, one])), [everybody]);
  const isAssistant = useCallback(
    (user: string | undefined) => helpers?.some(({ id }) => id === user) ?? false,
    [helpers],
  );
  const nameOf = useCallback(
    (user: string) => (user === "all" ? t("everyone") : (byId.get(user)?.full_name ?? t("somebody"))),
    [byId, t],
  );
  const titleOf = useCallback(
    ({ kind, title, unreadable, member_ids, member_count }: Conversation) => {
      if (unreadable) return t("unreadable_title");
      if (title) return title;
      if (kind === "support") return t("support");
      const others = member_ids.filter((id) => id !== me).map(nameOf);
      const rest = member_count - 1 - others.length;
      if (others.length === 0) return t("alone");
      return rest > 0 ? t("and_more", { names: others.join(", "), count: rest }) : others.join(", ");
    },
    [me, nameOf, t],
  );
  return useMemo(
    () => ({ people: persons, everybody, isAssistant, nameOf, titleOf }),
    [persons, everybody, isAssistant, nameOf, titleOf],
  );
}

/** Whom a direct conversation is with. */
export function otherOf({ kind, member_ids }: Conversation, me: string | undefined): string | undefined {
  return kind === "direct" ? member_ids.find((id) => id !== me) : undefined;
}
