/** What the protocol speaks of: positions, events, messages, and the state of the connection. */

/** A place in a stream. `seq` counts events without gaps; a new `epoch` says that earlier places mean nothing. */
export type Position = { epoch: string; seq: number };

export type StreamEvent = Position & {
  stream: string;
  kind: string;
  actor_id: string | null;
  at: string;
  data: Record<string, unknown>;
};

export type Reaction = { emoji: string; user_ids: string[] };

/** A message as the API and the socket give it; `version` is the `seq` of the last event that changed it. */
export type Message<Attachment = unknown> = {
  id: string;
  conversation_id: string;
  seq: number;
  number: number;
  version: number;
  sender_id: string;
  client_message_id: string;
  text: string | null;
  unreadable: boolean;
  mentions: string[];
  mentions_all: boolean;
  thread_root_id: string | null;
  reply_count: number;
  last_reply_at: string | null;
  reactions: Reaction[];
  attachments: Attachment[];
  revision: number;
  created_at: string;
  edited_at: string | null;
  deleted_at: string | null;
};

/** What a client sends; `client_message_id` is chosen once, so that a resend never makes a second message. */
export type Draft = {
  conversation_id: string;
  client_message_id: string;
  text: string;
  thread_root_id?: string | null;
  attachment_ids?: string[];
};

/** `since` is in milliseconds of the epoch; `code` is the close code that ended it, or null where nobody is signed in. */
export type Connection =
  | { state: "connecting" }
  | { state: "live" }
  | { state: "reconnecting"; since: number; attempt: number }
  | { state: "offline"; since: number }
  | { state: "stopped"; code: number | null };

export type PresenceState = "active" | "away" | "offline";
export type Presence = { state: PresenceState; last_seen_at: string | null };

/** The server refused what was asked; `code` is stable. */
export class RefusedError extends Error {
  override name = "RefusedError";
  constructor(
    readonly code: string,
    detail: string,
  ) {
    super(detail);
  }
}
