import { describe, expect, it } from "vitest";
import { ProblemError } from "@/lib/api/problem";

const answered = (status: number, body: string, headers: Record<string, string> = {}) =>
  ProblemError.from(new Response(body, { status, headers }));

describe("a problem", () => {
  it("carries what the document says", async () => {
    const errors = [{ pointer: "/email", code: "email_taken", message: "There is an account with it." }];
    const document = { status: 409, code: "conflict", detail: "Sign in instead.", request_id: "r-1", errors };
    const problem = await answered(409, JSON.stringify(document));
    expect(problem).toMatchObject({
      status: 409,
      code: "conflict",
      message: "Sign in instead.",
      requestId: "r-1",
      errors,
      retryAfter: undefined,
    });
  });

  it("says how long to wait", async () => {
    expect((await answered(429, "{}", { "Retry-After": "17" })).retryAfter).toBe(17);
  });

  it.each(["<html>Bad gateway</html>", "", "null", "7", '"text"'])(
    "is still a problem where the answer is %j",
    async (body) => {
      expect(await answered(502, body)).toMatchObject({ status: 502, code: "http_502", errors: [] });
    },
  );

  it("takes no member of the wrong type", async () => {
    const problem = await answered(422, JSON.stringify({ code: 5, errors: "none", detail: { a: 1 } }));
    expect(problem).toMatchObject({ code: "http_422", errors: [], message: "HTTP 422" });
  });
});
