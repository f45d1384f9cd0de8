import { expect, it } from "vitest";
import { type Position, RealtimeClient } from "@/packages/realtime";
import { chance } from "./random";
import { Device, type Fate, ManualClock, Server } from "./support";

const RUNS = 200;
const STEPS = 120;
const FATES: readonly Fate[] = ["pass", "pass", "pass", "drop", "twice", "late"];
const CLOSES = [1000, 1001, 1005, 1006, 1011, 1012, 1013, 4000, 4001, 4002] as const;

/** One life of a client among random misfortunes; what it heard of each stream, and what the server has. */
async function life(seed: number) {
  const luck = chance(seed);
  const server = new Server();
  const clock = new ManualClock();
  const device = new Device();
  clock.random = luck.number;
  const { open, url, token } = server;
  const client = new RealtimeClient({ open, url, token, clock, ...device.surroundings });
  const heard = new Map<string, number[]>();
  const restart = (stream: string, position: Position) => {
    // What fetching anew gives: everything up to the head.
    heard.set(
      stream,
      server
        .stream(stream)
        .events.slice(0, position.seq)
        .map(({ seq }) => seq),
    );
  };
  for (const stream of ["a", "b"]) {
    heard.set(stream, []);
    client.follow(
      stream,
      { epoch: "one", seq: 0 },
      {
        onEvent: ({ seq }) => heard.get(stream)?.push(seq),
        onResync: (position) => restart(stream, position),
        onRefused: () => expect.unreachable(),
      },
    );
  }
  server.fate = () => luck.of(FATES);
  client.start();
  const sent: Promise<unknown>[] = [];
  const written: string[] = [];
  const acts: (() => unknown)[] = [
    () => server.happen(luck.of(["a", "b"])),
    () => server.happen("a"),
    () => clock.pass(luck.below(3_000)),
    () => server.visits.at(-1)?.close(luck.of(CLOSES)),
    () => server.visits.at(-1)?.send({ type: "reauthenticate", within_seconds: 10 }),
    () => server.visits.at(-1)?.send({ type: "reconnect", after_ms: luck.below(2_000) }),
    () => device.say(luck.of(["offline", "online", "visible", "hidden"])),
    () => {
      server.isSilent = luck.number() < 0.2;
    },
    () => {
      server.acknowledges = luck.number() < 0.7;
    },
    () => {
      const id = `${seed}-${sent.length}`;
      written.push(id);
      sent.push(client.send({ conversation_id: "a", client_message_id: id, text: id }));
    },
  ];
  for (let step = 0; step < STEPS; step++) await luck.of(acts)();
  server.fate = () => "pass";
  server.isSilent = false;
  server.acknowledges = true;
  device.say("online");
  await clock.pass(180_000);
  await Promise.all(sent);
  return { server, heard, written, client };
}

it("hears every event once and in order, and stores every message once, whatever the network does", async () => {
  for (let seed = 1; seed <= RUNS; seed++) {
    const { server, heard, written, client } = await life(seed);
    expect(client.getConnection().state, `seed ${seed}`).toBe("live");
    for (const [stream, seqs] of heard)
      expect(seqs, `seed ${seed}, stream ${stream}`).toEqual(
        server.stream(stream).events.map(({ seq }) => seq),
      );
    const stored = server
      .stream("a")
      .events.flatMap(({ kind, data }) => (kind === "message.created" ? [data.client_message_id] : []));
    expect(stored, `seed ${seed}`).toEqual(written);
  }
});
