/** Server-sent events read by fetch, with a bearer token (WHATWG HTML §9.2.6 for the format). */

export type StreamEvent = { id: string | undefined; event: string; data: string };

/** Cuts a text stream into events; comments keep the connection alive and are left out. */
export class EventParser {
  private buffer = "";
  private id: string | undefined;
  private event = "message";
  private data: string[] = [];

  /** The events that `chunk` completes. A line may end in LF, CRLF or CR. */
  push(chunk: string): StreamEvent[] {
    this.buffer += chunk;
    const found: StreamEvent[] = [];
    for (;;) {
      const end = this.buffer.search(/[\r\n]/);
      if (end < 0) return found;
      // A lone CR at the end may be half of CRLF: wait for what follows.
      if (this.buffer[end] === "\r" && end === this.buffer.length - 1) return found;
      const width = this.buffer.startsWith("\r\n", end) ? 2 : 1;
      const line = this.buffer.slice(0, end);
      this.buffer = this.buffer.slice(end + width);
      const complete = this.line(line);
      if (complete) found.push(complete);
    }
  }

  private line(line: string): StreamEvent | undefined {
    if (line === "") return this.dispatch();
    const colon = line.indexOf(":");
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (field === "data") this.data.push(value);
    else if (field === "event") this.event = value || "message";
    else if (field === "id" && !value.includes("\0")) this.id = value;
    return undefined;
  }

  private dispatch(): StreamEvent | undefined {
    const complete =
      this.data.length > 0 ? { id: this.id, event: this.event, data: this.data.join("\n") } : undefined;
    this.event = "message";
    this.data = [];
    return complete;
  }
}

/** Yields the events of an answer's body; ends when the body ends, throws when it breaks. `heard` sees every chunk. */
export async function* eventsOf(
  body: ReadableStream<Uint8Array>,
  heard: () => void,
): AsyncGenerator<StreamEvent> {
  const parser = new EventParser();
  const reader = body
    .pipeThrough(new TextDecoderStream() as unknown as TransformStream<Uint8Array, string>)
    .getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      heard();
      yield* parser.push(value);
    }
  } finally {
    void reader.cancel().catch(() => undefined);
  }
}
