import { beforeEach, describe, expect, it } from "vitest";
import { Inbox } from "@/lib/messaging/inbox";
import type { Conversation } from "@/lib/messaging/types";
import { RealtimeClient } from "@/packages/realtime";
import { Device, ManualClock, Server } from "../realtime/support";

const ME = "me";

function conversation(id: string, values: Partial<Conversation> = {}): Conversation {
  return {
    id,
    kind: "group",
    title: id,
    unreadable: false,
    open: false,
    created_by: ME,
    created_at: "2026-01-01T00:00:00Z",
    archived_at: null,
    last_activity_at: "2026-01-01T00:00:00Z",
    epoch: "one",
    seq: 0,
    role: "member",
    muted_until: null,
    read_seq: 0,
    unread: 0,
    mentions: 0,
    member_count: 2,
    member_ids: [ME, "ada"],
    last_message: null,
    ...values,
  };
}

const message = (id: string, sender_id: string, at: number, mentions: string[] = []) => ({
  message_id: id,
  sender_id,
  text: `text of ${id}`,
  mentions,
  created_at: `2026-01-02T00:00:${String(at).padStart(2, "0")}Z`,
});

let server: Server;
let clock: ManualClock;
let client: RealtimeClient;
let listed: Conversation[];
let inbox: Inbox;

beforeEach(async () => {
  server = new Server();
  clock = new ManualClock();
  const { open, url, token } = server;
  client = new RealtimeClient({ open, url, token, clock, ...new Device().surroundings });
  listed = [conversation("a"), conversation("b")];
  inbox = new Inbox(client, ME, {
    list: async () => listed,
    one: async (id) => listed.find((each) => each.id === id) ?? Promise.reject(new Error("not found")),
  });
  inbox.start();
  client.start();
  await clock.pass(0);
});

const ids = () => inbox.getState().conversations?.map(({ id }) => id);
const one = (id: string) => inbox.getState().conversations?.find((each) => each.id === id);

describe("the inbox", () => {
  it("counts what others write, puts it first, and shows it", async () => {
    server.happen("b", "message.created", message("m1", "ada", 1));
    server.happen("b", "message.created", message("m2", "ada", 2, [ME]));
    server.happen("b", "message.created", message("m3", ME, 3));
    expect(ids()).toEqual(["b", "a"]);
    expect(one("b")).toMatchObject({
      unread: 2,
      mentions: 1,
      last_message: { id: "m3", text: "text of m3" },
    });
  });

  it("keeps what the streams told when an older answer comes", async () => {
    const old = structuredClone(listed);
    server.happen("b", "message.created", message("m1", "ada", 1));
    listed = old;
    await inbox.fetch();
    expect(one("b")).toMatchObject({ unread: 1, seq: 1 });
  });

  it("follows a conversation from when the person joined it, until they are taken out", async () => {
    listed.push(conversation("c"));
    server.happen(ME, "conversation.joined", { conversation_id: "c", stream_seq: 0 });
    await clock.pass(0);
    server.happen("c", "message.created", message("m1", "ada", 1));
    expect(one("c")).toMatchObject({ unread: 1 });
    const gone: string[] = [];
    inbox.listen("c", { onEvent: () => {}, onResync: () => {}, onGone: () => gone.push("c") });
    server.happen(ME, "conversation.left", { conversation_id: "c" });
    expect(one("c")).toBeUndefined();
    expect(gone).toEqual(["c"]);
  });

  it("is read at once where it is read here, and tells the server", async () => {
    server.happen("a", "message.created", message("m1", "ada", 1));
    inbox.markRead("a", 1);
    expect(one("a")).toMatchObject({ unread: 0, read_seq: 1 });
    await clock.pass(500);
    expect(server.of("read")).toEqual([{ type: "read", conversation_id: "a", seq: 1 }]);
  });

  it("does not become unread again by a late word of what was read before", () => {
    server.happen("a", "message.created", message("m1", "ada", 1));
    server.happen("a", "message.created", message("m2", "ada", 2));
    inbox.markRead("a", 2);
    server.happen(ME, "read.moved", { conversation_id: "a", read_seq: 1, unread: 1, mentions: 0 });
    expect(one("a")).toMatchObject({ unread: 0, read_seq: 2 });
    server.happen(ME, "read.moved", { conversation_id: "a", read_seq: 3, unread: 0, mentions: 0 });
    expect(one("a")).toMatchObject({ read_seq: 3 });
  });

  it("fetches a conversation anew where too much of it was missed", async () => {
    const seen: string[] = [];
    inbox.listen("a", { onEvent: () => {}, onResync: () => seen.push("a"), onGone: () => {} });
    server.streams.set("a", { epoch: "two", events: [] });
    listed = [conversation("a", { epoch: "two", title: "restored" }), conversation("b")];
    server.visit.close(1006);
    await clock.pass(1_000);
    expect(seen).toEqual(["a"]);
    expect(one("a")).toMatchObject({ title: "restored", epoch: "two" });
  });

  it("shows an edited or deleted last message as it is now, and a new title", () => {
    server.happen("a", "message.created", message("m1", "ada", 1));
    server.happen("a", "message.edited", { message_id: "m1", text: "changed" });
    expect(one("a")?.last_message).toMatchObject({ text: "changed" });
    server.happen("a", "message.deleted", { message_id: "m1", deleted_at: "later" });
    expect(one("a")?.last_message).toMatchObject({ text: null, deleted_at: "later" });
    server.happen("a", "conversation.renamed", { text: "Spring" });
    expect(one("a")).toMatchObject({ title: "Spring" });
  });
});
