/** How an event changes a line of the list of conversations. */
import type { Conversation } from "@/lib/messaging/types";
import type { StreamEvent } from "@/packages/realtime";

/** The conversation after an event of its stream, as `me` sees it; the same object where it is older than what is known. */
export function afterConversationEvent(known: Conversation, event: StreamEvent, me: string): Conversation {
  if (event.epoch !== known.epoch || event.seq <= known.seq) return known;
  const change = CHANGES[event.kind];
  return { ...known, ...change?.(known, event, me), seq: event.seq };
}

/** Of two answers about one conversation the newer one. */
export function newerConversation(one: Conversation, other: Conversation | undefined): Conversation {
  return other && other.epoch === one.epoch && other.seq > one.seq ? other : one;
}

type Change = (known: Conversation, event: StreamEvent, me: string) => Partial<Conversation>;

const CHANGES: Record<string, Change> = {
  "message.created": created,
  "message.edited": (known, { data }) => {
    const last = known.last_message;
    if (last?.id !== data.message_id) return {};
    return { last_message: last && { ...last, ...textOf(data) } };
  },
  "message.deleted": (known, { data }) => {
    const last = known.last_message;
    if (last?.id !== data.message_id) return {};
    return { last_message: last && { ...last, text: null, deleted_at: data.deleted_at as string } };
  },
  "conversation.renamed": (_, { data }) => ({
    title: (data.text ?? null) as string | null,
    unreadable: data.unreadable === true,
  }),
  "conversation.archived": (_, { at }) => ({ archived_at: at }),
  "conversation.unarchived": () => ({ archived_at: null }),
  "member.added": ({ member_count, member_ids }, { data }) => {
    const user = data.user_id as string;
    if (member_ids.includes(user)) return {};
    return {
      member_count: member_count + 1,
      member_ids: member_ids.length < 8 ? [...member_ids, user] : member_ids,
    };
  },
  "member.removed": ({ member_count, member_ids }, { data }) => ({
    member_count: Math.max(0, member_count - 1),
    member_ids: member_ids.filter((id) => id !== data.user_id),
  }),
  "member.changed": ({ role }, { data }, me) =>
    data.user_id === me ? { role: data.role as Conversation["role"] } : { role },
};

function created(known: Conversation, event: StreamEvent, me: string): Partial<Conversation> {
  const { data, seq } = event;
  const sender = (data.sender_id ?? event.actor_id) as string;
  const isNew = sender !== me && seq > known.read_seq;
  const mentions = (data.mentions ?? []) as string[];
  const isNamed = isNew && (mentions.includes(me) || data.mentions_all === true);
  return {
    last_activity_at: data.created_at as string,
    unread: known.unread + (isNew ? 1 : 0),
    mentions: known.mentions + (isNamed ? 1 : 0),
    last_message: {
      id: data.message_id as string,
      seq,
      sender_id: sender,
      ...textOf(data),
      created_at: data.created_at as string,
      deleted_at: null,
    },
  };
}

function textOf(data: StreamEvent["data"]): { text: string | null; unreadable: boolean } {
  return { text: (data.text ?? null) as string | null, unreadable: data.unreadable === true };
}
