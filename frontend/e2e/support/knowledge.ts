/** A bakery that knows something: a knowledge base with documents, and an assistant that answers from it. */
import { createHash, randomUUID } from "node:crypto";
import { type APIRequestContext, expect } from "@playwright/test";
import type { Owner } from "./platform";
import { call } from "./team";

export type Bakery = {
  base: { id: string; name: string };
  assistant: { id: string; name: string };
  documents: { prices: string; salaries: string };
};
export type Access = {
  audience: "everyone" | "members" | "restricted";
  roles?: string[];
  user_ids?: string[];
};

export const PRICES = `# Prices

## Bread

A rye loaf of one kilogram costs 4.20 euros. A wheat loaf costs 3.60 euros.

## Cakes

A birthday cake for eight people costs 32 euros and must be ordered two days ahead.
`;
const SALARIES = `# Salaries

The salary of the master baker is 4100 euros a month.
`;

export async function openBakery(request: APIRequestContext, ada: Owner): Promise<Bakery> {
  const base = { name: `Counter ${randomUUID().slice(0, 8)}` };
  const { id } = await call<{ id: string }>(request, ada, "POST", "/v1/knowledge-bases", base);
  const prices = await addDocument(request, ada, id, "prices.md", PRICES, { audience: "members" });
  const salaries = await addDocument(request, ada, id, "salaries.md", SALARIES, {
    audience: "restricted",
    roles: ["owner"],
  });
  const assistant = { name: `Front desk ${randomUUID().slice(0, 8)}` };
  const made = await call<{ id: string }>(request, ada, "POST", "/v1/assistants", {
    ...assistant,
    instructions: "You answer guests of our bakery.",
    knowledge_base_ids: [id],
    example_questions: ["What does a rye loaf cost?"],
  });
  return {
    base: { ...base, id },
    assistant: { ...assistant, id: made.id },
    documents: { prices, salaries },
  };
}

/** Adds a document without a browser, and waits until it is found. */
export async function addDocument(
  request: APIRequestContext,
  who: Owner,
  base: string,
  name: string,
  content: string,
  access: Access,
): Promise<string> {
  const documents = `/v1/knowledge-bases/${base}/documents`;
  const bytes = Buffer.from(content);
  type Announced = { id: string; upload: { url: string; headers: Record<string, string> } };
  const { id, upload } = await call<Announced>(request, who, "POST", documents, {
    name,
    size: bytes.length,
    content_type: "text/markdown",
    sha256: createHash("sha256").update(bytes).digest("hex"),
    access,
  });
  const sent = await request.put(upload.url, { headers: upload.headers, data: bytes });
  if (!sent.ok()) throw new Error(`upload: ${sent.status()} ${await sent.text()}`);
  await call(request, who, "POST", `${documents}/${id}/complete`);
  const state = async () => (await call<{ state: string }>(request, who, "GET", `${documents}/${id}`)).state;
  await expect.poll(state, { timeout: 30_000, intervals: [100] }).toBe("ready");
  return id;
}
