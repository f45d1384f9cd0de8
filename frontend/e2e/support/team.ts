/** Two people of one business, and what they do without a browser. */
import { randomUUID } from "node:crypto";
import type { APIRequestContext } from "@playwright/test";
import { mailTo } from "./mailbox";
import { API, newEmail, type Owner, PASSWORD } from "./platform";

export type Team = { ada: Owner; grace: Owner; ids: { ada: string; grace: string } };
export type Person = "ada" | "grace";
export type Conversation = { id: string; title: string };

/** The owner, and another whom she invites. */
export async function gather(request: APIRequestContext, owner: Owner): Promise<Team> {
  const grace = await join(request, owner, "Grace Hopper", "member");
  return { ada: owner, grace, ids: { ada: await idOf(request, owner), grace: await idOf(request, grace) } };
}

/** A group of both, with nothing in it. */
export async function newGroup(request: APIRequestContext, { ada, ids }: Team): Promise<Conversation> {
  const title = `Group ${randomUUID().slice(0, 8)}`;
  const body = { kind: "group", title, member_ids: [ids.grace] };
  const { id } = await call<{ id: string }>(request, ada, "POST", "/v1/conversations", body);
  return { id, title };
}

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
