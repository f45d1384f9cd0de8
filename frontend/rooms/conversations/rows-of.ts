/** What stands in a history, one below the other: days, the place of what is new, and messages. */
import type { Outgoing } from "@/lib/messaging/feed";
import type { Message } from "@/lib/messaging/types";

export type HistoryRow =
  | { kind: "day"; key: string; at: string }
  | { kind: "new"; key: string }
  | { kind: "message"; key: string; message: Message; isFirst: boolean }
  | { kind: "outgoing"; key: string; outgoing: Outgoing; isFirst: boolean };

const TOGETHER_MS = 5 * 60_000;

/** `unreadAfter` is the place up to which the reader had read when they came; null where nothing was new. */
export function rowsOf(
  messages: readonly Message[],
  outgoing: readonly Outgoing[],
  me: string,
  unreadAfter: number | null,
): HistoryRow[] {
  const rows: HistoryRow[] = [];
  let before: { sender: string; at: string } | undefined;
  let isMarked = unreadAfter === null;
  const begin = (sender: string, at: string): boolean => {
    const isSameDay = before !== undefined && dayOf(before.at) === dayOf(at);
    if (!isSameDay) rows.push({ kind: "day", key: `day-${dayOf(at)}`, at });
    const isClose = before !== undefined && Date.parse(at) - Date.parse(before.at) < TOGETHER_MS;
    const isFirst = !isSameDay || !isClose || before?.sender !== sender;
    before = { sender, at };
    return isFirst;
  };
  for (const message of messages) {
    let isFirst = begin(message.sender_id, message.created_at);
    if (!isMarked && message.seq > (unreadAfter ?? 0) && message.sender_id !== me) {
      isMarked = true;
      isFirst = true;
      rows.push({ kind: "new", key: "new" });
    }
    // The key is the sender's own, so that what was sent keeps its place on the screen.
    rows.push({ kind: "message", key: message.client_message_id, message, isFirst });
  }
  for (const each of outgoing) {
    const isFirst = begin(me, each.at);
    rows.push({ kind: "outgoing", key: each.client_message_id, outgoing: each, isFirst });
  }
  return rows;
}

const dayOf = (at: string) => new Date(at).toDateString();
