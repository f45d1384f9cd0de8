/** Where the platform under test is, and what a person at its API does. */
import type { APIRequestContext, BrowserContext } from "@playwright/test";

export const WEB = process.env.WEB_URL ?? "http://127.0.0.1:3000";
export const API = process.env.API_URL ?? "http://127.0.0.1:8000";
/** The emulated AWS, which fails when it is told to. */
export const CLOUD = process.env.CLOUD_URL ?? "http://127.0.0.1:8003";
export const PASSWORD = "three calm otters 42";
export const GOOD_CARD = "4242 4242 4242 4242";
export const DECLINED_CARD = "4000 0000 0000 0002";

export type Owner = { email: string; company: string; token: string };

let count = 0;

export function newEmail(): string {
  return `owner-${process.pid}-${Date.now()}-${count++}@example.com`;
}

/** Signs somebody up at the API, which builds a stack: the sandbox's load balancer has room for some 25 of them. */
export async function signUp(context: BrowserContext, company = "Bäcker & Söhne"): Promise<Owner> {
  const email = newEmail();
  const token = await open(context.request, "signup", { email, full_name: "Ada Lovelace", company });
  return { email, company, token };
}

/** Opens a session of the owner in this browser, as the sign-in does. */
export async function signIn(context: BrowserContext, { email, company }: Owner): Promise<Owner> {
  return { email, company, token: await open(context.request, "login", { email }) };
}

async function open(request: APIRequestContext, path: "signup" | "login", who: object): Promise<string> {
  const answer = await request.post(`${API}/v1/auth/${path}`, {
    headers: { Origin: WEB, "X-CSRF-Protection": "1" },
    data: { ...who, password: PASSWORD, session: "cookie" },
  });
  if (!answer.ok()) throw new Error(`${path}: ${answer.status()} ${await answer.text()}`);
  return ((await answer.json()) as { access_token: string }).access_token;
}

/** What the API answers the owner, at once. */
export async function read<Answer>(request: APIRequestContext, owner: Owner, path: string): Promise<Answer> {
  const answer = await request.get(`${API}${path}`, { headers: { Authorization: `Bearer ${owner.token}` } });
  if (!answer.ok()) throw new Error(`${path}: ${answer.status()} ${await answer.text()}`);
  return (await answer.json()) as Answer;
}
