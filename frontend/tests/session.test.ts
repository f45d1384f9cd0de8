import type { IncomingMessage, ServerResponse } from "node:http";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ProblemError, SignedOutError, UnreachableError } from "@/lib/api/problem";
import { Session } from "@/lib/session/session";
import { Channels } from "./support/channels";
import { eventually } from "./support/eventually";
import { Locks } from "./support/locks";
import { bodyOf, TestServer } from "./support/server";

type Asked = { path: string; csrf: string | undefined; body: unknown };
type Answer = { status: number; body?: unknown };

const LIFE_S = 600;
let server: TestServer;
let asked: Asked[];
let answer: (request: Asked, count: number) => Answer;
let locks: Locks;
let channels: Channels;
let now: number;

const tokens = (_: Asked, count: number): Answer => ({
  status: 200,
  body: { access_token: `token-${count}`, expires_in: LIFE_S },
});
const refusal = (status: number, code: string) => () => ({ status, body: { code, detail: "No." } });
const renewals = () => asked.filter(({ path }) => path === "/v1/auth/refresh").length;

async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const one = {
    path: request.url ?? "",
    csrf: request.headers["x-csrf-protection"] as string | undefined,
    body: await bodyOf(request),
  };
  asked.push(one);
  const { status, body } = answer(one, asked.length);
  response.writeHead(status, { "Content-Type": "application/json" }).end(body ? JSON.stringify(body) : "");
}

/** A tab of one browser: its own memory, the others' channel and locks. */
function tab(apiUrl = server.url): Session {
  return new Session({ channel: channels.open(), locks, apiUrl: async () => apiUrl, now: () => now });
}

beforeEach(async () => {
  asked = [];
  channels = new Channels();
  answer = tokens;
  locks = new Locks();
  now = Date.UTC(2026, 0, 1);
  server = await TestServer.start((request, response) => void respond(request, response));
});

afterEach(() => server.stop());

describe("a session", () => {
  it("is renewed once for all calls of a tab, with the header that a foreign page cannot send", async () => {
    const session = tab();
    const found = await Promise.all([session.accessToken(), session.accessToken(), session.accessToken()]);
    expect(found).toEqual(["token-1", "token-1", "token-1"]);
    expect(asked).toEqual([{ path: "/v1/auth/refresh", csrf: "1", body: {} }]);
    expect(session.getStatus()).toBe("signed-in");
  });

  it("is renewed once for two tabs that ask at once", async () => {
    const [one, two] = [tab(), tab()];
    expect(await Promise.all([one.accessToken(), two.accessToken()])).toEqual(["token-1", "token-1"]);
    expect(renewals()).toBe(1);
  });

  it("is taken over by a new tab from one that has it", async () => {
    await tab().accessToken();
    expect(await tab().accessToken()).toBe("token-1");
    expect(renewals()).toBe(1);
  });

  it("is renewed a minute before its token ends, and both tabs live on", async () => {
    const [one, two] = [tab(), tab()];
    await Promise.all([one.accessToken(), two.accessToken()]);
    now += (LIFE_S - 59) * 1000;
    expect(await Promise.all([one.accessToken(), two.accessToken()])).toEqual(["token-2", "token-2"]);
    expect([one.getStatus(), two.getStatus()]).toEqual(["signed-in", "signed-in"]);
  });

  it("ends in every tab where one signs out", async () => {
    const [one, two] = [tab(), tab()];
    await one.accessToken();
    await two.accessToken();
    answer = () => ({ status: 204 });
    await one.close();
    await eventually(() => expect(two.getStatus()).toBe("signed-out"));
    await expect(one.accessToken()).rejects.toThrow(SignedOutError);
    await expect(two.accessToken()).rejects.toThrow(SignedOutError);
  });

  it("begins in every tab where one signs in", async () => {
    const [one, two] = [tab(), tab()];
    answer = refusal(401, "session_ended");
    await expect(two.accessToken()).rejects.toThrow(SignedOutError);
    answer = tokens;
    await one.open("/v1/auth/login", { email: "ada@example.com", session: "cookie" });
    await eventually(() => expect(two.getStatus()).toBe("signed-in"));
    expect(await two.accessToken()).toBe(await one.accessToken());
  });

  it.each([
    [401, "session_ended"],
    [403, "csrf_refused"],
  ])("ends where its renewal is refused with %i", async (status, code) => {
    const [one, two] = [tab(), tab()];
    answer = refusal(status, code);
    await expect(one.accessToken()).rejects.toThrow(SignedOutError);
    await eventually(() => expect(two.getStatus()).toBe("signed-out"));
  });

  it.each([429, 500, 503])("is kept where its renewal is answered with %i", async (status) => {
    const session = tab();
    await session.accessToken();
    now += LIFE_S * 1000;
    answer = refusal(status, "busy");
    await expect(session.accessToken()).rejects.toThrow(ProblemError);
    expect(session.getStatus()).toBe("signed-in");
    answer = tokens;
    expect(await session.accessToken()).toBe("token-3");
  });

  it("is kept while the API cannot be reached", async () => {
    const session = tab();
    await session.accessToken();
    now += LIFE_S * 1000;
    const gone = await TestServer.start(() => undefined);
    await gone.stop();
    const lonely = tab(gone.url);
    await expect(lonely.accessToken()).rejects.toThrow(UnreachableError);
    expect(lonely.getStatus()).toBe("unknown");
    expect(session.getStatus()).toBe("signed-in");
  });

  it("ends here even where the API cannot be told", async () => {
    const gone = await TestServer.start(() => undefined);
    await gone.stop();
    const session = tab(gone.url);
    await expect(session.close()).rejects.toThrow(UnreachableError);
    expect(session.getStatus()).toBe("signed-out");
  });

  it("forgets a refused token, also where another tab still holds it", async () => {
    const [one, two] = [tab(), tab()];
    await one.accessToken();
    expect(await two.accessToken()).toBe("token-1");
    one.forget("token-1");
    expect(await one.accessToken()).toBe("token-2");
    await eventually(async () => expect(await two.accessToken()).toBe("token-2"));
    one.forget("token-1");
    expect(await one.accessToken()).toBe("token-2");
    expect(renewals()).toBe(2);
  });

  it("passes on why a sign-in was refused, and stays as it was", async () => {
    const session = tab();
    answer = refusal(401, "wrong_credentials");
    await expect(session.open("/v1/auth/login", {})).rejects.toMatchObject({
      status: 401,
      code: "wrong_credentials",
    });
    expect(session.getStatus()).toBe("unknown");
  });
});
