// Reads Server-Sent Events from a fetched body, as the HTML standard parses them.
// Never reconnects: that is the turn's decision.

/** One event as it stood on the wire. */
export interface ServerEvent {
  id: string;
  event: string;
  data: string;
}

/** Yields events until the body ends or stays silent for `silenceMs`; throws when it breaks off. */
export async function* events(
  body: ReadableStream<Uint8Array>,
  silenceMs: number,
): AsyncGenerator<ServerEvent> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = "";
  const next: ServerEvent = { id: "", event: "", data: "" };
  try {
    for (;;) {
      const timer = setTimeout(() => void reader.cancel(), silenceMs);
      const { done, value } = await reader.read().finally(() => clearTimeout(timer));
      if (done) return;
      rest += decoder.decode(value, { stream: true });
      // A carriage return at the very end may be half of a line break still to come.
      const lines = rest.split(/\r\n|\n|\r(?!$)/);
      rest = lines.pop() ?? "";
      for (const line of lines) {
        const [, field = "", text = ""] = /^([^:]*):? ?(.*)$/s.exec(line) ?? [];
        if (field === "data") next.data += (next.data && "\n") + text;
        else if (field === "event" || field === "id") next[field] = text;
        else if (!line) {
          if (next.data) yield { ...next };
          next.event = next.data = "";
        }
      }
    }
  } finally {
    // Also reached when the consumer stops early: the connection must not be left open.
    reader.cancel().catch(() => {});
  }
}
