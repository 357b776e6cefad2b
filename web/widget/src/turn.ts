// One turn: a visitor message and all that answers it, over a connection that may drop.
// Resumes with `Last-Event-ID` and the same `clientMessageId`, so that whatever happens on the way
// the server runs the turn once and the visitor sees each event once.

import { type Api, Problem, Unreachable } from "./api.ts";
import { events } from "./sse.ts";
import type { Handoff, Proposal, Reply, Said, Source } from "./wire.ts";

const TRIES = 5;
const FIRST_PAUSE_MS = 500;
/** The server pings every 15 s; three missed ones mean that nobody is there. */
const SILENCE_MS = 45_000;

export type TurnEvent =
  | { type: "session"; sessionId: string; conversationId: string }
  | { type: "text"; content: string }
  | { type: "tool"; name: string }
  | { type: "proposal"; proposal: Proposal }
  | { type: "handoff"; handoff: Handoff }
  | { type: "done"; messageId: string; sources?: Source[]; quickReplies?: string[]; reply?: string }
  | { type: "reconnecting" };

/** Yields what happens in the turn, ending with `done`; throws when it cannot be finished. */
export async function* take(api: Api, said: Said): AsyncGenerator<TurnEvent> {
  const body = { ...said };
  const seen = new Set<string>();
  let last = "";
  for (let failures = 0; failures < TRIES;) {
    try {
      const resume: Record<string, string> = last ? { "Last-Event-ID": last } : {};
      const response = await api.open("message/stream", body, {
        Accept: "text/event-stream",
        ...resume,
      });
      if (!response.body) break;
      for await (const { id, event, data } of events(response.body, SILENCE_MS)) {
        if (id && seen.has(id)) continue;
        const parsed = parse(event, data);
        if (!parsed) continue;
        if (id) {
          seen.add(id);
          last = id;
        }
        failures = 0;
        if (parsed.type === "session") body.sessionId = parsed.sessionId;
        yield parsed;
        if (parsed.type === "done") return;
      }
    } catch (error) {
      if (error instanceof Problem && !isPassing(error)) {
        if (hasNoStream(error)) break;
        throw error;
      }
    }
    failures += 1;
    if (failures === TRIES) break;
    yield { type: "reconnecting" };
    await pause(failures);
  }
  yield* whole(api, body);
}

/** The same turn as one JSON answer, for networks that do not let a stream through. */
async function* whole(api: Api, body: Said): AsyncGenerator<TurnEvent> {
  const reply = await api.post<Reply>("message", body);
  yield { type: "session", sessionId: reply.sessionId, conversationId: reply.conversationId };
  if (reply.proposal) yield { type: "proposal", proposal: reply.proposal };
  if (reply.handoff) yield { type: "handoff", handoff: reply.handoff };
  yield {
    type: "done",
    messageId: reply.messageId,
    sources: reply.sources ?? [],
    quickReplies: reply.quickReplies ?? [],
    reply: reply.reply,
  };
}

function parse(event: string, data: string): TurnEvent | undefined {
  let fields: unknown;
  try {
    fields = JSON.parse(data);
  } catch {
    return undefined;
  }
  if (typeof fields !== "object" || fields === null) return undefined;
  switch (event) {
    case "session":
    case "text":
    case "tool":
    case "done":
      return { ...fields, type: event } as TurnEvent;
    case "proposal":
      return { type: event, proposal: fields as Proposal };
    case "handoff":
      return { type: event, handoff: fields as Handoff };
    case "error": {
      const { code = "", message = "" } = fields as { code?: string; message?: string };
      throw new Problem(400, code, message, 0, { ...fields });
    }
    default:
      return undefined;
  }
}

/** The streaming route is missing or refuses the method, as behind some proxies. */
function hasNoStream(problem: Problem): boolean {
  return [404, 405, 406, 415].includes(problem.status);
}

/** Doubles from half a second, spread so that a crowd does not come back at once. */
function pause(failures: number): Promise<void> {
  const ms = FIRST_PAUSE_MS * 2 ** (failures - 1) * (0.75 + Math.random() / 2);
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
    addEventListener("online", () => resolve(), { once: true });
  });
}

/** Repeats a call that has one effect however often it is made, until it is answered. */
export async function insist<Answer>(call: () => Promise<Answer>): Promise<Answer> {
  for (let failures = 1; ; failures += 1) {
    try {
      return await call();
    } catch (error) {
      if (failures === TRIES || !isPassing(error)) throw error;
    }
    await pause(failures);
  }
}

/** Whether a failure passes by itself, so that sending again makes sense. */
export function isPassing(error: unknown): boolean {
  return error instanceof Unreachable || (error instanceof Problem && error.status >= 500);
}
