import { describe, expect, it } from "vitest";
import type { Message } from "@/lib/messaging/types";
import { rowsOf } from "@/rooms/conversations/rows-of";

const at = (seq: number, sender_id: string, created_at: string) =>
  ({ seq, sender_id, created_at, client_message_id: `m${seq}` }) as Message;
const sketch = (messages: Message[], unreadAfter: number | null = null) =>
  rowsOf(messages, [], "me", unreadAfter).map((row) =>
    row.kind === "message" ? `${row.key}${row.isFirst ? " first" : ""}` : row.kind,
  );

describe("the rows of a history", () => {
  it("stand together by sender, for five minutes and within a day", () => {
    expect(
      sketch([
        at(1, "ada", "2026-01-01T12:00:00"),
        at(2, "ada", "2026-01-01T12:04:00"),
        at(3, "ada", "2026-01-01T12:10:00"),
        at(4, "bob", "2026-01-01T12:11:00"),
        at(5, "bob", "2026-01-02T00:00:00"),
      ]),
    ).toEqual(["day", "m1 first", "m2", "m3 first", "m4 first", "day", "m5 first"]);
  });

  it("are marked once, before the first of somebody else's that is new", () => {
    const messages = [1, 2, 3, 4].map((seq) => at(seq, seq === 3 ? "me" : "ada", "2026-01-01T12:00:00"));
    expect(sketch(messages, 2)).toEqual(["day", "m1 first", "m2", "m3 first", "new", "m4 first"]);
    expect(sketch(messages, 4)).toEqual(["day", "m1 first", "m2", "m3 first", "m4 first"]);
  });

  it("end with what is being sent, under the key that it will have", () => {
    const outgoing = { client_message_id: "mine", text: "x", attachment_ids: [], at: "2026-01-01T12:01:00" };
    const rows = rowsOf(
      [at(1, "me", "2026-01-01T12:00:00")],
      [{ ...outgoing, state: "sending" }],
      "me",
      null,
    );
    expect(rows.at(-1)).toMatchObject({ kind: "outgoing", key: "mine", isFirst: false });
  });
});
