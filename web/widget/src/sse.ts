// Reads Server-Sent Events from a fetched body, as the HTML standard parses them.
// Never reconnects: that is the turn's decision.

/** One event as it stood on the wire. */
export interface ServerEvent {
  id: string;
  event: string;
  data: string;
}

/** Yields events until the body ends; throws when it breaks off or stays silent for `silenceMs`. */
export async function* events(
  body: ReadableStream<Uint8Array>,
  silenceMs: number,
): AsyncGenerator<ServerEvent> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = "";
  let next: ServerEvent = { id: "", event: "", data: "" };
  try {
    for (;;) {
      const { done, value } = await within(silenceMs, reader.read());
      if (done) return;
      rest += decoder.decode(value, { stream: true });
      // A carriage return at the very end may be half of a line break still to come.
      const lines = rest.split(/\r\n|\n|\r(?!$)/);
      rest = lines.pop() ?? "";
      for (const line of lines) {
        if (line) next = withLine(next, line);
        else {
          if (next.event || next.data) yield next;
          next = { id: next.id, event: "", data: "" };
        }
      }
    }
  } finally {
    // Also reached when the consumer stops early: the connection must not be left open.
    reader.cancel().catch(() => {});
  }
}

function withLine(event: ServerEvent, line: string): ServerEvent {
  const [, field, value = ""] = /^([^:]*):? ?(.*)$/s.exec(line) ?? [];
  if (field === "data") return { ...event, data: event.data ? `${event.data}\n${value}` : value };
  if (field === "event" || field === "id") return { ...event, [field]: value };
  return event;
}

function within<T>(ms: number, promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("the stream went silent")), ms);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
