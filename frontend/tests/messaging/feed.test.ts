import { beforeEach, describe, expect, it } from "vitest";
import { Feed } from "@/lib/messaging/feed";
import { Inbox } from "@/lib/messaging/inbox";
import type { Conversation, Message } from "@/lib/messaging/types";
import { createdMessage, type Page, RealtimeClient } from "@/packages/realtime";
import { Device, ManualClock, Server, settle } from "../realtime/support";

const HEAD = { id: "c", epoch: "one", seq: 0, read_seq: 0, unread: 0, last_activity_at: "" } as Conversation;

let server: Server;
let clock: ManualClock;
let client: RealtimeClient;
let inbox: Inbox;
/** Answers that are on their way, oldest first. */
let asked: { answer: () => void }[];

beforeEach(async () => {
  server = new Server();
  clock = new ManualClock();
  asked = [];
  const { open, url, token } = server;
  client = new RealtimeClient({ open, url, token, clock, ...new Device().surroundings });
  inbox = new Inbox(client, "me", { list: async () => [HEAD], one: async () => HEAD });
  inbox.start();
  client.start();
  await clock.pass(0);
});

/** What the server has at the moment at which it is asked. */
function page(): Page<Message["attachments"][number]> {
  const { epoch, events } = server.stream("c");
  const items = events
    .filter(({ kind }) => kind === "message.created")
    .map((event) => createdMessage<Message["attachments"][number]>(event));
  return { items, epoch, seq: events.length, has_before: false, has_after: false };
}

function feed(root: string | null = null): Feed {
  return new Feed(client, inbox, "c", root, () => {
    const read = page();
    return new Promise((resolve) => asked.push({ answer: () => resolve(read) }));
  });
}

const write = (id: string, root: string | null = null) =>
  server.happen("c", "message.created", {
    message_id: id,
    client_message_id: `client-${id}`,
    thread_root_id: root,
  });
const shown = (one: Feed) => one.getState().history.items.map(({ id }) => id);

async function answer(): Promise<void> {
  asked.shift()?.answer();
  await settle();
}

describe("what is looked at", () => {
  it("has what happened while its first page was on its way, once", async () => {
    write("m1");
    const one = feed();
    one.start();
    write("m2");
    await answer();
    write("m3");
    expect(one.getState().status).toBe("ready");
    expect(shown(one)).toEqual(["m1", "m2", "m3"]);
  });

  it("shows what is written at once, and the message in its place when it has come", async () => {
    const one = feed();
    one.start();
    await answer();
    server.acknowledges = false;
    const sending = one.send("hello");
    expect(one.getState().outgoing).toMatchObject([{ text: "hello", state: "sending" }]);
    await settle();
    expect(one.getState().outgoing).toEqual([]);
    expect(one.getState().history.items).toHaveLength(1);
    server.acknowledges = true;
    await clock.pass(10_000);
    await sending;
    expect(one.getState().history.items).toHaveLength(1);
  });

  it("says of a refused one why, and sends it again or throws it away", async () => {
    const one = feed();
    one.start();
    await answer();
    server.answerTo = ({ type, id }) =>
      type === "send" ? { type: "error", id, code: "conversation_archived", detail: "no" } : undefined;
    const sending = one.send("hello");
    await settle();
    await sending;
    const [failed] = one.getState().outgoing;
    expect(failed).toMatchObject({ state: "failed", code: "conversation_archived" });
    server.answerTo = () => undefined;
    const again = one.retry(failed?.client_message_id ?? "");
    await settle();
    await again;
    expect(one.getState().outgoing).toEqual([]);
    expect(one.getState().history.items).toHaveLength(1);
  });

  it("is fetched anew where too much was missed", async () => {
    write("m1");
    const one = feed();
    one.start();
    await answer();
    server.streams.set("c", { epoch: "two", events: [] });
    server.visit.close(1006);
    write("n1");
    await clock.pass(1_000);
    await answer();
    expect(shown(one)).toEqual(["n1"]);
  });

  it("is a thread without what belongs to others", async () => {
    write("root");
    const one = feed("root");
    one.start();
    await answer();
    write("other");
    write("reply", "root");
    write("elsewhere", "other");
    expect(shown(one)).toEqual(["root", "reply"]);
  });

  it("hears nothing more once it was left, and says when it is gone", async () => {
    const one = feed();
    const stop = one.start();
    await answer();
    server.visit.send({ type: "unsubscribed", stream: "c", reason: "removed" });
    expect(one.getState().status).toBe("gone");
    stop();
    write("m1");
    expect(shown(one)).toEqual([]);
  });
});
