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
  | { type: "session"; sessionId: string }
  | { type: "text"; content: string }
  | { type: "tool"; name: string }
  | ({ type: "proposal" } & Proposal)
  | ({ type: "handoff" } & Handoff)
  | { type: "done"; messageId: string; sources?: Source[]; quickReplies?: string[]; reply?: string }
  | { type: "reconnecting" };

/** Yields what happens in the turn, ending with `done`; throws when it cannot be finished. */
export async function* take(api: Api, said: Said): AsyncGenerator<TurnEvent> {
  const body = { ...said };
  let last = "";
  for (let failures = 0; failures < TRIES;) {
    try {
      const response = await api.open("message/stream", body, {
        Accept: "text/event-stream",
        ...(last && { "Last-Event-ID": last }),
      });
      if (!response.body) break;
      for await (const { id, event, data } of events(response.body, SILENCE_MS)) {
        // Ids rise, and what was seen before the connection dropped may come again.
        if (id && Number(id) <= Number(last)) continue;
        const fields = JSON.parse(data);
        last = id || last;
        failures = 0;
        if (event === "error") {
          throw new Problem(400, fields.code ?? "", fields.message ?? "", 0, fields);
        }
        const happened: TurnEvent = { ...fields, type: event };
        if (happened.type === "session") body.sessionId = happened.sessionId;
        yield happened;
        if (happened.type === "done") return;
      }
    } catch (error) {
      if (error instanceof Problem && !isPassing(error)) {
        // The streaming route is missing or refuses the method, as behind some proxies.
        if ([404, 405, 406, 415].includes(error.status)) break;
        throw error;
      }
    }
    failures += 1;
    if (failures === TRIES) break;
    yield { type: "reconnecting" };
    await pause(failures);
  }
  // The same turn as one JSON answer, for networks that do not let a stream through.
  const reply = await api.post<Reply>("message", body);
  yield { ...reply, type: "session" };
  if (reply.proposal) yield { ...reply.proposal, type: "proposal" };
  if (reply.handoff) yield { ...reply.handoff, type: "handoff" };
  yield { ...reply, type: "done" };
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
