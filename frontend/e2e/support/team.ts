/** Two people of one business, each in a browser of their own. */
import { randomUUID } from "node:crypto";
import type { APIRequestContext, Browser, BrowserContext, BrowserContextOptions } from "@playwright/test";
import { mailTo } from "./mailbox";
import { API, newEmail, type Owner, PASSWORD, signIn, signUp, WEB } from "./platform";
import { Complaints, expect, test as plain } from "./test";

export type Team = { ada: Owner; grace: Owner; ids: { ada: string; grace: string } };
export type Person = "ada" | "grace";
export type Conversation = { id: string; title: string };

type Own = {
  /** A group of both, with nothing in it. */
  group: Conversation;
  /** A browser in which the person is signed in. */
  open: (who: Person, options?: BrowserContextOptions, browser?: Browser) => Promise<BrowserContext>;
};

export const test = plain.extend<Own, { team: Team }>({
  team: [
    async ({ browser }, use) => {
      const context = await browser.newContext();
      const ada = await signUp(context, "Kite Works");
      const grace = await join(context.request, ada, "Grace Hopper", "member");
      await use({
        ada,
        grace,
        ids: { ada: await idOf(context.request, ada), grace: await idOf(context.request, grace) },
      });
      await context.close();
    },
    { scope: "worker" },
  ],
  group: async ({ request, team }, use) => {
    const title = `Group ${randomUUID().slice(0, 8)}`;
    const body = { kind: "group", title, member_ids: [team.ids.grace] };
    const { id } = await call<{ id: string }>(request, team.ada, "POST", "/v1/conversations", body);
    await use({ id, title });
  },
  open: async ({ browser, team }, use) => {
    const opened: BrowserContext[] = [];
    const complaints = new Complaints();
    complaints.allow(/^WebSocket connection to/); // Chromium says so of each try while there is no network.
    complaints.allow(/blocked by CORS policy/);
    await use(async (who, options = {}, another = browser) => {
      const context = await another.newContext({
        baseURL: WEB,
        locale: "en-GB",
        timezoneId: "Europe/Berlin",
        viewport: { width: 1280, height: 800 },
        ...options,
      });
      complaints.watch(context);
      opened.push(context);
      await signIn(context, team[who]);
      return context;
    });
    await Promise.all(opened.map((context) => context.close()));
    expect(complaints.found).toEqual([]);
  },
});

/** What the API answers a person. */
export async function call<Answer>(
  request: APIRequestContext,
  who: Owner,
  method: "GET" | "POST" | "PUT" | "DELETE",
  path: string,
  data?: object,
): Promise<Answer> {
  const headers = { Authorization: `Bearer ${who.token}` };
  const answer = await request.fetch(`${API}${path}`, { method, headers, ...(data && { data }) });
  if (!answer.ok()) throw new Error(`${method} ${path}: ${answer.status()} ${await answer.text()}`);
  const text = await answer.text();
  return (text === "" ? undefined : JSON.parse(text)) as Answer;
}

export type Written = { id: string; seq: number; text: string };

/** Writes without a browser. */
export function write(
  request: APIRequestContext,
  who: Owner,
  conversation: string,
  text: string,
): Promise<Written> {
  const data = { client_message_id: randomUUID(), text };
  return call(request, who, "POST", `/v1/conversations/${conversation}/messages`, data);
}

/** Somebody who came by the owner's invitation. */
export async function join(
  request: APIRequestContext,
  owner: Owner,
  full_name: string,
  role: "member" | "viewer",
): Promise<Owner> {
  const email = newEmail();
  await call(request, owner, "POST", "/v1/members/invitations", { email, role });
  const { text } = await mailTo(request, email, (mail) => /#[\w-]{43}/.test(mail.text));
  const token = /#([\w-]{43})/.exec(text)?.[1];
  const accepted = await request.post(`${API}/v1/auth/invitations/accept`, {
    data: { token, password: PASSWORD, full_name },
  });
  const { access_token } = (await accepted.json()) as { access_token: string };
  return { email, company: owner.company, token: access_token };
}

async function idOf(request: APIRequestContext, who: Owner): Promise<string> {
  return (await call<{ user: { id: string } }>(request, who, "GET", "/v1/me")).user.id;
}
