import type { IncomingMessage, ServerResponse } from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import { SignedOutError } from "@/lib/api/problem";
import { type Connection, follow, type World } from "@/lib/live/follow";
import { eventually } from "./support/eventually";
import { TestServer } from "./support/server";

type Visit = { token: string | undefined; lastId: string | undefined };
type Scene = (response: ServerResponse, visit: Visit, heard: (events: number) => Promise<void>) => void;

const event = (id: number, name = "step") => `id: ${id}\nevent: ${name}\ndata: ${id}\n\n`;
const END = 'event: end\ndata: {"status":"succeeded"}\n\n';

/** A stream whose nth visit plays the nth scene; the last one repeats. */
class Stage {
  readonly visits: Visit[] = [];
  readonly events: string[] = [];
  readonly connections: Connection[] = [];
  readonly window = new EventTarget();
  private readonly refused: string[] = [];
  private server: TestServer | undefined;
  private stop = () => {};

  constructor(private readonly scenes: Scene[]) {}

  async open(world: Partial<World> = {}): Promise<this> {
    this.server = await TestServer.start((request, response) => this.answer(request, response));
    const { url } = this.server;
    const session = {
      accessToken: async () => `token-${this.refused.length}`,
      forget: (token: string) => void this.refused.push(token),
    };
    this.stop = follow(
      "/events",
      {
        onEvent: ({ event, data }) => this.events.push(event === "end" ? "end" : data),
        onConnection: (connection) => {
          if (this.connections.at(-1) !== connection) this.connections.push(connection);
        },
      },
      {
        session,
        apiUrl: async () => url,
        window: this.window,
        document: new EventTarget(),
        silenceMs: 40_000,
        firstWaitMs: 10,
        ...world,
      },
    );
    return this;
  }

  async close(): Promise<void> {
    this.stop();
    await this.server?.stop();
  }

  hangUp(): void {
    this.stop();
  }

  async ended(): Promise<void> {
    await eventually(() => expect(this.connections.at(-1)).toBe("ended"));
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    const visit = {
      token: request.headers.authorization?.replace("Bearer ", ""),
      lastId: request.headers["last-event-id"] as string | undefined,
    };
    this.visits.push(visit);
    const scene = this.scenes[Math.min(this.visits.length, this.scenes.length) - 1];
    const before = this.events.length;
    scene?.(response, visit, (events) =>
      eventually(() => expect(this.events.length).toBeGreaterThanOrEqual(before + events)),
    );
  }
}

/** Plays `text`; then ends cleanly, breaks off once it was heard, or stays silent. */
const plays =
  (text: string, then: "close" | "break" | "silence" = "close"): Scene =>
  (response, _, heard) => {
    response.writeHead(200, { "Content-Type": "text/event-stream" });
    response.write(text);
    if (then === "close") response.end();
    // What is still on its way when a connection breaks is lost: it would come again after the break.
    if (then === "break") void heard(text.split("id: ").length - 1).then(() => response.destroy());
  };
const refuses =
  (status: number): Scene =>
  (response) => {
    response
      .writeHead(status, { "Content-Type": "application/problem+json" })
      .end(JSON.stringify({ code: "x" }));
  };

let stage: Stage;
afterEach(() => stage.close());

describe("following a stream", () => {
  it("hears everything to its end", async () => {
    stage = await new Stage([plays(event(1) + event(2) + END)]).open();
    await stage.ended();
    expect(stage.events).toEqual(["1", "2", "end"]);
    expect(stage.connections).toEqual(["connecting", "live", "ended"]);
  });

  it.each(["break", "close"] as const)(
    "goes on after the last event when the server's side %ss",
    async (then) => {
      stage = await new Stage([plays(event(1) + event(2), then), plays(event(3) + END)]).open();
      await stage.ended();
      expect(stage.events).toEqual(["1", "2", "3", "end"]);
      expect(stage.visits.map(({ lastId }) => lastId)).toEqual([undefined, "2"]);
      expect(stage.connections).toEqual(["connecting", "live", "interrupted", "live", "ended"]);
    },
  );

  it("waits for a gateway that restarts", async () => {
    stage = await new Stage([
      plays(event(1), "break"),
      refuses(503),
      refuses(502),
      plays(event(2) + END),
    ]).open();
    await stage.ended();
    expect(stage.events).toEqual(["1", "2", "end"]);
    expect(stage.visits.map(({ lastId }) => lastId)).toEqual([undefined, "1", "1", "1"]);
  });

  it("comes back at once with a new token when it is asked to sign in again, and tells nobody", async () => {
    const again = 'event: reauthenticate\ndata: {"message":"expired"}\n\n';
    stage = await new Stage([plays(event(1) + again), plays(event(2) + END)]).open();
    await stage.ended();
    expect(stage.events).toEqual(["1", "2", "end"]);
    expect(stage.visits).toEqual([
      { token: "token-0", lastId: undefined },
      { token: "token-1", lastId: "1" },
    ]);
    expect(stage.connections).toEqual(["connecting", "live", "ended"]);
  });

  it("takes a new token where the old one is refused", async () => {
    stage = await new Stage([refuses(401), plays(END)]).open();
    await stage.ended();
    expect(stage.visits.map(({ token }) => token)).toEqual(["token-0", "token-1"]);
  });

  it.each([400, 403, 404, 410])("ends where the API answers %i", async (status) => {
    stage = await new Stage([refuses(status)]).open();
    await stage.ended();
    expect(stage.visits).toHaveLength(1);
  });

  it("ends with the session", async () => {
    const session = {
      accessToken: () => Promise.reject(new SignedOutError()),
      forget: () => undefined,
    };
    stage = await new Stage([plays(END)]).open({ session });
    await stage.ended();
    expect(stage.visits).toEqual([]);
  });

  it("leaves a connection that has fallen silent", async () => {
    // On a busy machine any connection may be silent for as long: what each plays depends on what was heard before.
    const scene: Scene = (...visit) =>
      (visit[1].lastId === undefined ? plays(event(1), "silence") : plays(event(2) + END))(...visit);
    stage = await new Stage([scene]).open({ silenceMs: 200 });
    await stage.ended();
    expect(stage.events).toEqual(["1", "2", "end"]);
    expect(stage.visits.length).toBeGreaterThan(1);
    expect(stage.visits.at(-1)?.lastId).toBe("1");
  });

  it("takes a new connection when the network is back, without waiting for silence", async () => {
    stage = await new Stage([plays(event(1), "silence"), plays(event(2) + END)]).open();
    await eventually(() => expect(stage.events).toEqual(["1"]));
    stage.window.dispatchEvent(new Event("online"));
    await stage.ended();
    expect(stage.events).toEqual(["1", "2", "end"]);
  });

  it("says that it is live as soon as the stream is open, before anything happens", async () => {
    stage = await new Stage([plays(": hello\n\n", "silence")]).open();
    await eventually(() => expect(stage.connections).toEqual(["connecting", "live"]));
  });

  it("stops without a word when nobody looks any more", async () => {
    stage = await new Stage([plays(event(1), "silence")]).open();
    await eventually(() => expect(stage.events).toEqual(["1"]));
    stage.hangUp();
    await stage.close();
    expect(stage.connections).toEqual(["connecting", "live"]);
    expect(stage.visits).toHaveLength(1);
  });
});
