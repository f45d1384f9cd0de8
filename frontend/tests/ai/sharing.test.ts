import { describe, expect, it } from "vitest";
import { addAll, addable, isOver, type Outcome } from "@/lib/ai/sharing";
import type { Document } from "@/lib/ai/types";
import { ProblemError } from "@/lib/api/problem";
import type { Attachment } from "@/lib/messaging/upload";

const file = (id: string, content_type = "text/plain", state: Attachment["state"] = "ready") =>
  ({ id, content_type, state }) as Attachment;
const tooLarge = new ProblemError(413, { code: "document_too_large" });
const there = new ProblemError(409, {
  code: "duplicate_document",
  members: { document_id: "d-of-b" },
});

function scene(refusals: Readonly<Record<string, Error>> = {}) {
  const told: string[] = [];
  const outcomes: Record<string, Outcome> = {};
  const copied: string[] = [];
  const add = (files: readonly Attachment[]) =>
    addAll(
      files,
      { ...outcomes },
      async ({ id }) => {
        copied.push(id);
        if (refusals[id]) throw refusals[id];
        return { id: `d-of-${id}` } as Document;
      },
      ({ id }, outcome) => {
        told.push(`${id} ${outcome.kind}`);
        outcomes[id] = outcome;
      },
    );
  return { told, outcomes, copied, add };
}

describe("files of a conversation", () => {
  it("are offered where they have passed the check and are not pictures or sound", () => {
    const files = [
      file("a"),
      file("b", "application/pdf"),
      file("c", "image/png"),
      file("d", "audio/mpeg"),
      file("e", "text/plain", "checking"),
      file("f", "text/plain", "refused"),
      file("g", "application/zip"),
    ];
    expect(addable(files).map(({ id }) => id)).toEqual(["a", "b", "g"]);
  });

  it("are copied one after another, and one that is refused keeps none of the others back", async () => {
    const { told, outcomes, add } = scene({ a: tooLarge, b: there });
    await add([file("a"), file("b"), file("c")]);
    expect(told).toEqual(["a copying", "a failed", "b copying", "b duplicate", "c copying", "c added"]);
    expect(outcomes).toEqual({
      a: { kind: "failed", error: tooLarge },
      b: { kind: "duplicate", document_id: "d-of-b" },
      c: { kind: "added", document: { id: "d-of-c" } },
    });
  });

  it("that are there are not copied again when the others are tried again", async () => {
    const refusals: Record<string, Error> = { a: tooLarge, b: there };
    const { copied, outcomes, add } = scene(refusals);
    await add([file("a"), file("b"), file("c")]);
    delete refusals.a;
    await add([file("a"), file("b"), file("c")]);
    expect(copied).toEqual(["a", "b", "c", "a"]);
    expect(outcomes.a).toMatchObject({ kind: "added" });
    expect(isOver(outcomes.a)).toBe(true);
    expect(isOver({ kind: "failed", error: tooLarge })).toBe(true);
    expect(isOver({ kind: "failed", error: new Error("no network") })).toBe(false);
  });
});
