import { describe, expect, it } from "vitest";
import { EventParser, eventsOf } from "@/lib/live/event-stream";

describe("the parser of server-sent events", () => {
  it("finds the same events however the stream is cut", () => {
    const stream =
      'id: 7\r\nevent: step\r\ndata: {"a":1}\r\n\r\n: ping\n\ndata: one\ndata: two\r\rdata: last\n\n';
    const whole = new EventParser().push(stream);
    for (let size = 1; size < 12; size++) {
      const parser = new EventParser();
      const found = [];
      for (let at = 0; at < stream.length; at += size)
        found.push(...parser.push(stream.slice(at, at + size)));
      expect(found).toEqual(whole);
    }
    expect(whole).toEqual([
      { id: "7", event: "step", data: '{"a":1}' },
      { id: "7", event: "message", data: "one\ntwo" },
      { id: "7", event: "message", data: "last" },
    ]);
  });

  it("reads a body to its end and tells of every chunk", async () => {
    const body = new Blob(["data: a\n\n", "data: b\n\nda"]).stream();
    let heard = 0;
    const found = [];
    for await (const event of eventsOf(body, () => heard++)) found.push(event.data);
    expect(found).toEqual(["a", "b"]);
    expect(heard).toBeGreaterThan(0);
  });
});
