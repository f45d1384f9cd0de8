import { beforeEach, describe, expect, it } from "vitest";
import { type Connection, type Position, RealtimeClient, RefusedError } from "@/packages/realtime";
import { Device, ManualClock, Server } from "./support";

let server: Server;
let clock: ManualClock;
let device: Device;
let client: RealtimeClient;
let states: string[];

beforeEach(() => {
  server = new Server();
  clock = new ManualClock();
  device = new Device();
  const { open, url, token } = server;
  client = new RealtimeClient({ open, url, token, clock, ...device.surroundings });
  states = [];
  client.onConnection(({ state }) => states.push(state));
});

/** Follows a stream and writes down what is heard of it. */
function follow(stream: string, position: Position | null = { epoch: "one", seq: 0 }) {
  const heard = {
    begun: [] as Position[],
    seqs: [] as number[],
    resyncs: [] as Position[],
    refused: [] as string[],
    end: () => {},
  };
  heard.end = client.follow(stream, position, {
    onBegin: (position) => heard.begun.push(position),
    onEvent: ({ seq }) => heard.seqs.push(seq),
    onResync: (to) => heard.resyncs.push(to),
    onRefused: (code) => heard.refused.push(code),
  });
  return heard;
}

async function started() {
  client.start();
  await clock.pass(0);
}

const draft = (id: string, conversation = "c1") => ({
  conversation_id: conversation,
  client_message_id: id,
  text: `text ${id}`,
});

describe("connecting", () => {
  it("shows its token in the first frame and is live after the welcome", async () => {
    await started();
    expect(server.received[0]).toEqual({ type: "authenticate", token: "token-1" });
    expect(states).toEqual(["connecting", "live"]);
  });

  it("stops where nobody is signed in", async () => {
    server.isSignedIn = false;
    await started();
    expect(client.getConnection()).toEqual({ state: "stopped", code: null } satisfies Connection);
    expect(server.visits).toHaveLength(0);
  });

  it("leaves a server that never says welcome", async () => {
    server.isSilent = true;
    await started();
    await clock.pass(12_100);
    expect(client.getConnection().state).toBe("reconnecting");
    server.isSilent = false;
    await clock.pass(10_000);
    expect(client.getConnection().state).toBe("live");
  });

  it("waits ever longer at random, and says since when and how often it has tried", async () => {
    server.isReachable = false;
    const began = clock.now();
    await started();
    await clock.pass(120_000);
    expect(client.getConnection()).toMatchObject({ state: "reconnecting", since: began });
    // Half of 0.5, 1, 2, 4, 8 and 16 s, then of 20 s each.
    expect(server.visits.length).toBeGreaterThanOrEqual(14);
    expect(server.visits.length).toBeLessThanOrEqual(19);
    server.isReachable = true;
    await clock.pass(20_000);
    expect(client.getConnection()).toEqual({ state: "live" });
  });

  it.each([1000, 1001, 1005, 1006, 1011, 1012, 1013, 4508, 4999])(
    "comes back after a close with %i",
    async (code) => {
      await started();
      server.visit.close(code);
      await clock.pass(1_000);
      expect(client.getConnection().state).toBe("live");
      expect(server.visits).toHaveLength(2);
    },
  );

  it.each([1002, 1003, 1007, 1009, 4400, 4403])("stops after a close with %i", async (code) => {
    await started();
    server.visit.close(code);
    await clock.pass(60_000);
    expect(client.getConnection()).toEqual({ state: "stopped", code });
    expect(server.visits).toHaveLength(1);
  });

  it("stays away for as long as a code asks for", async () => {
    await started();
    server.visit.close(4429);
    await clock.pass(29_900);
    expect(server.visits).toHaveLength(1);
    await clock.pass(1_000);
    expect(server.visits).toHaveLength(2);
  });

  it("comes with a new token where the old one was refused, and stops where that helps nothing", async () => {
    await started();
    server.visit.close(4401);
    await clock.pass(1_000);
    expect(server.tokens).toEqual(["token-1", "token-2"]);
    server.visit.close(4401);
    await clock.pass(1_000);
    server.visit.close(4401);
    await clock.pass(60_000);
    expect(client.getConnection()).toEqual({ state: "stopped", code: 4401 });
  });

  it("renews its token in place when it is asked to", async () => {
    await started();
    server.visit.send({ type: "reauthenticate", within_seconds: 30 });
    await clock.pass(0);
    expect(server.tokens).toEqual(["token-1", "token-2"]);
    expect(server.visits).toHaveLength(1);
    expect(states).toEqual(["connecting", "live"]);
  });

  it("moves to another server when this one goes down, at the time it was given", async () => {
    await started();
    const heard = follow("s");
    server.visit.send({ type: "reconnect", after_ms: 4_000 });
    server.happen("s");
    await clock.pass(3_900);
    expect(server.visits).toHaveLength(1);
    await clock.pass(200);
    server.happen("s");
    await clock.pass(0);
    expect(server.visits).toHaveLength(2);
    expect(heard.seqs).toEqual([1, 2]);
  });

  it("is offline while the device says so, and comes back at once", async () => {
    await started();
    device.say("offline");
    expect(client.getConnection().state).toBe("offline");
    server.isReachable = false;
    await clock.pass(60_000);
    server.isReachable = true;
    device.say("online");
    await clock.pass(0);
    expect(client.getConnection().state).toBe("live");
  });

  it("notices a connection that is dead without having been closed", async () => {
    await started();
    const heard = follow("s");
    server.isSilent = true;
    await clock.pass(54_000);
    expect(client.getConnection().state).toBe("reconnecting");
    server.isSilent = false;
    server.happen("s");
    await clock.pass(30_000);
    expect(heard.seqs).toEqual([1]);
  });

  it("keeps a connection on which nothing happens", async () => {
    await started();
    follow("s");
    await clock.pass(600_000);
    expect(server.visits).toHaveLength(1);
  });

  it("asks at once whether the connection still stands when the network is back", async () => {
    await started();
    follow("s");
    await clock.pass(1_000);
    server.isSilent = true;
    device.say("online");
    await clock.pass(9_000);
    expect(client.getConnection().state).toBe("reconnecting");
  });

  it("says nothing more once it was stopped", async () => {
    await started();
    const sending = client.send(draft("1"));
    client.stop();
    await expect(sending).rejects.toThrow(RefusedError);
    await clock.pass(60_000);
    expect(states).toEqual(["connecting", "live", "stopped"]);
    expect(server.visits).toHaveLength(1);
  });
});

describe("following a stream", () => {
  it("hears what comes, and what was before", async () => {
    server.happen("s");
    const heard = follow("s");
    await started();
    server.happen("s");
    await clock.pass(0);
    expect(heard.seqs).toEqual([1, 2]);
  });

  it("begins now where no position is given", async () => {
    server.happen("s");
    const heard = follow("s", null);
    await started();
    expect(heard.begun).toEqual([{ epoch: "one", seq: 1 }]);
    server.happen("s");
    expect(heard.seqs).toEqual([2]);
    expect(client.positionOf("s")).toEqual({ epoch: "one", seq: 2 });
  });

  it("resumes after a drop with nothing lost and nothing twice", async () => {
    const heard = follow("s");
    await started();
    server.happen("s");
    server.visit.close(1006);
    server.happen("s");
    server.happen("s");
    await clock.pass(1_000);
    expect(heard.seqs).toEqual([1, 2, 3]);
    expect(server.asked.at(-1)).toEqual({ stream: "s", epoch: "one", seq: 1 });
  });

  it("asks once for what is missing in between", async () => {
    const heard = follow("s");
    await started();
    server.fate = () => "drop";
    server.happen("s");
    server.fate = () => "pass";
    server.happen("s");
    server.happen("s");
    await clock.pass(0);
    expect(heard.seqs).toEqual([1, 2, 3]);
    expect(server.asked).toHaveLength(2);
  });

  it("asks again where the end of what was missed does not come", async () => {
    server.happen("s");
    server.happen("s");
    let events = 0;
    server.fate = () => (++events === 2 ? "drop" : "pass");
    const heard = follow("s");
    await started();
    expect(heard.seqs).toEqual([1]);
    await clock.pass(8_000);
    expect(heard.seqs).toEqual([1, 2]);
  });

  it("tells to fetch anew where too much was missed, and goes on from there", async () => {
    for (let count = 0; count < 501; count++) server.happen("s");
    const heard = follow("s");
    await started();
    expect(heard.resyncs).toEqual([{ epoch: "one", seq: 501 }]);
    server.happen("s");
    expect(heard.seqs).toEqual([502]);
  });

  it("tells to fetch anew in a new epoch, though its numbers are lower", async () => {
    const heard = follow("s", { epoch: "one", seq: 7 });
    server.streams.set("s", { epoch: "two", events: [] });
    server.happen("s");
    await started();
    expect(heard.resyncs).toEqual([{ epoch: "two", seq: 1 }]);
    server.happen("s");
    expect(heard.seqs).toEqual([2]);
  });

  it("says that it may not, or may no longer", async () => {
    const one = follow("s");
    const other = follow("other");
    server.answerTo = (frame) =>
      frame.type === "subscribe" && JSON.stringify(frame).includes('"s"')
        ? { type: "refused", stream: "s", code: "not_found" }
        : undefined;
    await started();
    server.visit.send({ type: "unsubscribed", stream: "other", reason: "removed" });
    expect(one.refused).toEqual(["not_found"]);
    expect(other.refused).toEqual(["removed"]);
    server.happen("other");
    expect(other.seqs).toEqual([]);
  });

  it("asks again where the server cannot say for now", async () => {
    const heard = follow("s");
    server.answerTo = (frame) =>
      frame.type === "subscribe" ? { type: "refused", stream: "s", code: "unavailable" } : undefined;
    await started();
    server.answerTo = () => undefined;
    server.happen("s");
    await clock.pass(8_000);
    expect(heard.refused).toEqual([]);
    expect(heard.seqs).toEqual([1]);
  });

  it("leaves a stream, and can come back to it", async () => {
    const heard = follow("s");
    await started();
    heard.end();
    await clock.pass(0);
    expect(server.of("unsubscribe")).toEqual([{ type: "unsubscribe", streams: ["s"] }]);
    server.happen("s");
    expect(heard.seqs).toEqual([]);
    const again = follow("s", { epoch: "one", seq: 0 });
    await clock.pass(0);
    expect(again.seqs).toEqual([1]);
  });
});

describe("sending", () => {
  it("resolves when the server has stored it", async () => {
    await started();
    const sending = client.send(draft("1"));
    await clock.pass(0);
    expect(await sending).toMatchObject({ id: "m-1", text: "text 1" });
  });

  it("keeps what is written while there is no connection", async () => {
    const sending = client.send(draft("1"));
    expect(client.unsent).toBe(1);
    await started();
    expect(await sending).toMatchObject({ id: "m-1" });
    expect(client.unsent).toBe(0);
  });

  it("sends again after a drop what was not acknowledged, and makes one message of it", async () => {
    await started();
    server.acknowledges = false;
    const sending = client.send(draft("1"));
    await clock.pass(0);
    server.visit.close(1006);
    server.acknowledges = true;
    await clock.pass(1_000);
    await sending;
    expect(server.of("send")).toHaveLength(2);
    expect(server.stored.size).toBe(1);
    expect(server.stream("c1").events).toHaveLength(1);
  });

  it("sends again where the answer does not come", async () => {
    await started();
    server.acknowledges = false;
    const sending = client.send(draft("1"));
    await clock.pass(0);
    server.acknowledges = true;
    await clock.pass(10_000);
    await sending;
    expect(server.stored.size).toBe(1);
  });

  it("keeps the order of a conversation, and lets no other wait for it", async () => {
    await started();
    server.acknowledges = false;
    void client.send(draft("1"));
    void client.send(draft("2"));
    void client.send(draft("3", "c2"));
    await clock.pass(0);
    expect(server.of("send").map(({ id }) => id)).toEqual(["1", "3"]);
    server.visit.send({ type: "sent", id: "1", message: { id: "m-1" } });
    await clock.pass(0);
    expect(server.of("send").map(({ id }) => id)).toEqual(["1", "3", "2"]);
  });

  it("tells of a refusal, and goes on with the next", async () => {
    await started();
    server.answerTo = ({ id }) =>
      id === "1"
        ? { type: "error", id, code: "conversation_archived", detail: "It is archived." }
        : undefined;
    const refused = client.send(draft("1"));
    const accepted = client.send(draft("2"));
    await expect(Promise.all([refused, clock.pass(0)])).rejects.toMatchObject({
      code: "conversation_archived",
    });
    await accepted;
  });

  it("tries again a little later what was refused for the moment", async () => {
    await started();
    server.answerTo = ({ id, type }) =>
      type === "send" ? { type: "error", id, code: "rate_limited", detail: "Slower." } : undefined;
    const sending = client.send(draft("1"));
    await clock.pass(100);
    server.answerTo = () => undefined;
    await clock.pass(2_000);
    expect(await sending).toMatchObject({ id: "m-1" });
  });
});

describe("typing, reading and presence", () => {
  it("tells that one types every three seconds, and at once after a message", async () => {
    await started();
    for (let count = 0; count < 40; count++) {
      client.typing.tell("c1");
      await clock.pass(100);
    }
    expect(server.of("typing")).toHaveLength(2);
    await Promise.all([client.send(draft("1")), clock.pass(0)]);
    client.typing.tell("c1");
    await clock.pass(0);
    expect(server.of("typing")).toHaveLength(3);
  });

  it("forgets who typed after a while, or when their message comes", async () => {
    await started();
    follow("c1");
    server.visit.send({ type: "typing", conversation_id: "c1", user_id: "a" });
    server.visit.send({ type: "typing", conversation_id: "c1", user_id: "b" });
    expect(client.typing.in("c1")).toEqual(["a", "b"]);
    server.happen("c1", "message.created");
    expect(client.typing.in("c1")).toEqual(["b"]);
    await clock.pass(6_000);
    expect(client.typing.in("c1")).toEqual([]);
  });

  it("tells the furthest place that was read, once, and after a drop too", async () => {
    await started();
    client.read("c1", 3);
    client.read("c1", 5);
    client.read("c1", 4);
    await clock.pass(400);
    expect(server.of("read")).toEqual([{ type: "read", conversation_id: "c1", seq: 5 }]);
    server.visit.close(1006);
    client.read("c1", 6);
    await clock.pass(2_000);
    expect(server.of("read").at(-1)).toEqual({ type: "read", conversation_id: "c1", seq: 6 });
  });

  it("watches those who are shown, again after a drop, and each of them once", async () => {
    await started();
    const stop = client.presence.watch(["a", "b"]);
    client.presence.watch(["b"]);
    await clock.pass(0);
    server.visit.send({ type: "presence", user_id: "a", state: "away", last_seen_at: null });
    expect(client.presence.of("a")).toEqual({ state: "away", last_seen_at: null });
    stop();
    await clock.pass(0);
    server.visit.close(1006);
    await clock.pass(1_000);
    expect(server.of("watch").map(({ user_ids }) => user_ids)).toEqual([["a", "b"], ["b"], ["b"]]);
  });
});
