// A stand-in front desk: speaks the public API on a loopback port, so that the widget can be
// driven through everything that a real server does only on its bad days.
// Decides nothing about the product: what it answers, a test has told it.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { pages } from "./pages.ts";
import { bookingAssistant, type Step, type WireEvent } from "./turns.ts";

export interface Recorded {
  method: string;
  path: string;
  headers: IncomingMessage["headers"];
  body: Record<string, unknown>;
}

export interface Refusal {
  status: number;
  headers?: Record<string, string>;
  body?: Record<string, unknown>;
}

interface StoredMessage {
  id: string;
  sender: string;
  content: string;
  createdAt: string;
  readAt?: string;
}

const API = "/v1/public/chat/";

const CORS = {
  "Access-Control-Allow-Origin": "*",
  "Access-Control-Allow-Methods": "GET, POST",
  "Access-Control-Allow-Headers":
    "Content-Type, X-Tenant-Key, X-Session-Id, X-Page-Origin, Last-Event-ID",
  "Access-Control-Expose-Headers": "Retry-After",
};

export class Desk {
  readonly requests: Recorded[] = [];
  readonly messages: StoredMessage[] = [];
  config: Record<string, unknown> = {
    businessName: "Atelier Linden",
    online: true,
    locale: "en",
    timezone: "Europe/Berlin",
    disclosure: "You are chatting with an AI assistant. You can ask for a person at any time.",
    widget: {
      primaryColor: "#374d42",
      secondaryColor: "#3d3d3d",
      header: "Chat with us",
      greeting: "Hi! How can we help you today?",
      position: "bottom-right",
      offsetX: 20,
      offsetY: 20,
    },
  };
  /** How many times the assistant was really asked: a resumed turn must not ask again. */
  turnsRun = 0;
  packageName = "Portrait session";
  /** What a confirmation makes a booking of; `undefined`: it makes none, as on the waitlist. */
  bookingStatus: string | undefined = "PENDING_PAYMENT";
  mode = "assistant";
  /** Where a waiting visitor stands. */
  queue: { position: number; expectedWaitSeconds?: number } | undefined;
  readonly #server: Server;
  readonly #script: Step[][] = [];
  readonly #turns = new Map<string, WireEvent[]>();
  readonly #refusals = new Map<string, Refusal[]>();
  readonly #drops: number[] = [];
  #ids = 0;
  #isCut = false;

  private constructor() {
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch((error: unknown) => {
        response.destroy(error as Error);
      });
    });
  }

  static async start(): Promise<Desk> {
    const desk = new Desk();
    await new Promise<void>((ready) => desk.#server.listen(0, "127.0.0.1", ready));
    return desk;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((done) => this.#server.close(done));
  }

  /** Answers the next turns with these steps. */
  willSay(...turns: Step[][]): void {
    this.#script.push(...turns);
  }

  /** Cuts the next streams off, each after so many events. */
  willDropAfter(...events: number[]): void {
    this.#drops.push(...events);
  }

  /** Cuts or mends the network: open connections break, and new ones get no answer. */
  cut(is: boolean): void {
    this.#isCut = is;
    if (is) this.#server.closeAllConnections();
  }

  /** Answers the next calls of a route with a refusal each. */
  willRefuse(route: string, ...refusals: Refusal[]): void {
    this.#refusals.set(route, [...(this.#refusals.get(route) ?? []), ...refusals]);
  }

  /** The recorded calls of one route of the public API. */
  calls(route: string): Recorded[] {
    return this.requests.filter(({ path }) => path.startsWith(API + route));
  }

  /** A message that a person of the business wrote. */
  agentSays(content: string): void {
    this.#store("agent", content);
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (this.#isCut) {
      request.socket.destroy();
      return;
    }
    const path = new URL(request.url ?? "/", this.url).pathname;
    const text = await read(request);
    const body = text.startsWith("{") ? (JSON.parse(text) as Record<string, unknown>) : {};
    if (request.method === "OPTIONS") {
      response.writeHead(204, CORS).end();
      return;
    }
    this.requests.push({ method: request.method ?? "", path, headers: request.headers, body });
    if (!path.startsWith(API)) {
      await pages(this, request, response);
      return;
    }
    const route = path.slice(API.length);
    const refusal = this.#refusals.get(route.split("/")[0] ?? "")?.shift();
    if (refusal) this.#refuse(response, refusal);
    else await this.#route(route, request, body, response);
  }

  async #route(
    route: string,
    request: IncomingMessage,
    body: Record<string, unknown>,
    response: ServerResponse,
  ): Promise<void> {
    const session = { sessionId: "session-1", conversationId: "conversation-1" };
    if (route === "config") this.#json(response, 200, this.config);
    else if (route === "sessions") {
      const quickReplies = ["What can I book?", "When are you open?"];
      this.#json(response, 201, { ...session, greeting: "Hi!", quickReplies });
    } else if (route === "messages") {
      const after = new URL(request.url ?? "", this.url).searchParams.get("after") ?? "";
      const messages = this.messages.filter(({ id }) => id > after);
      this.#json(response, 200, { mode: this.mode, messages, queue: this.queue });
    } else if (route === "message/stream") {
      await this.#stream(this.#turn(body, session), request, response);
    } else if (route === "message") {
      const events = this.#turn(body, session);
      this.#json(response, 200, { ...session, ...asReply(events) });
    } else if (route.startsWith("confirm/")) {
      this.#json(response, 200, this.#confirmation(route.slice("confirm/".length)));
    } else if (route === "escalate") {
      const online = this.config.online !== false;
      const message = "The team has been told.";
      this.#json(response, 201, { escalationId: "e-1", online, message, queue: this.queue });
      this.mode = "waiting";
    } else if (route === "feedback") this.#json(response, 200, { success: true });
    else if (route === "read") response.writeHead(204, CORS).end();
    else if (route.startsWith("decline/")) response.writeHead(204, CORS).end();
    else if (route === "email/verify") this.#verify(body, response);
    else this.#refuse(response, { status: 404, body: { code: "not_found" } });
  }

  #verify(body: Record<string, unknown>, response: ServerResponse): void {
    if (body.code === "123456") this.#json(response, 200, { verified: true });
    else {
      const detail = "That code is not right. 4 tries are left.";
      this.#refuse(response, { status: 400, body: { code: "code_wrong", detail } });
    }
  }

  #confirmation(proposalId: string) {
    const status = this.bookingStatus;
    if (!status) return { proposalId, operation: "join_customer_waitlist" };
    return {
      proposalId,
      operation: "create_customer_booking",
      booking: {
        id: "booking-1",
        confirmationCode: "K7MPX4WQ",
        status,
        packageName: this.packageName,
        startsAt: "2026-11-24T13:00:00Z",
        endsAt: "2026-11-24T14:00:00Z",
        price: { amount: 12000, currency: "EUR" },
      },
      ...(status === "PENDING_PAYMENT" ? { checkoutUrl: `${this.url}/checkout/booking-1` } : {}),
    };
  }

  /** Runs a turn once per `clientMessageId`; a repeated one is found as it was. */
  #turn(body: Record<string, unknown>, session: object): WireEvent[] {
    const key = `${body.clientMessageId}`;
    const known = this.#turns.get(key);
    if (known) return known;
    this.turnsRun += 1;
    const message = `${body.message}`;
    this.#store("visitor", message);
    const steps = this.#script.shift() ?? bookingAssistant(message);
    const events: WireEvent[] = [];
    const add = (event: string, data: unknown) => {
      events.push({ id: `${events.length + 1}`, event, data });
    };
    add("session", session);
    const done: Record<string, unknown> = { sources: [], quickReplies: [] };
    let text = "";
    let failed = false;
    for (const step of steps) {
      if ("text" in step) {
        text += step.text;
        for (const content of step.text.match(/.{1,24}/gs) ?? []) add("text", { content });
      } else if ("tool" in step) add("tool", { name: step.tool });
      else if ("proposal" in step) add("proposal", step.proposal);
      else if ("handoff" in step) add("handoff", step.handoff);
      else if ("until" in step) add("until", step.until);
      else if ("error" in step) {
        add("error", step.error);
        failed = true;
      } else Object.assign(done, step);
    }
    if (!failed) add("done", { messageId: this.#store("assistant", text), ...done });
    this.#turns.set(key, events);
    return events;
  }

  async #stream(events: WireEvent[], request: IncomingMessage, response: ServerResponse) {
    const last = Number(request.headers["last-event-id"] ?? 0);
    const dropAfter = this.#drops.shift() ?? Number.POSITIVE_INFINITY;
    response.writeHead(200, { "Content-Type": "text/event-stream", ...CORS });
    response.write(": ping\n\n");
    let sent = 0;
    for (const { id, event, data } of events) {
      if (Number(id) <= last) continue;
      if (event === "until") {
        await data;
        continue;
      }
      if (sent === dropAfter) {
        // Ends the connection, not the answer: the rest never arrives.
        response.socket?.end();
        return;
      }
      if (response.destroyed) return;
      response.write(`id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
      sent += 1;
      // Lets each event travel in a piece of its own, as from a model that is still writing.
      await new Promise((next) => setTimeout(next, 8));
    }
    response.end();
  }

  #store(sender: string, content: string): string {
    this.#ids += 1;
    const id = `m${`${this.#ids}`.padStart(6, "0")}`;
    this.messages.push({ id, sender, content, createdAt: new Date().toISOString() });
    return id;
  }

  #json(response: ServerResponse, status: number, body: unknown): void {
    response.writeHead(status, { "Content-Type": "application/json", ...CORS });
    response.end(JSON.stringify(body));
  }

  #refuse(response: ServerResponse, { status, headers, body }: Refusal): void {
    response.writeHead(status, { "Content-Type": "application/problem+json", ...CORS, ...headers });
    response.end(JSON.stringify({ status, ...body }));
  }
}

function asReply(events: WireEvent[]): Record<string, unknown> {
  const of = (name: string) => events.filter(({ event }) => event === name).map(({ data }) => data);
  const reply = (of("text") as { content: string }[]).map(({ content }) => content).join("");
  return {
    reply,
    proposal: of("proposal")[0],
    handoff: of("handoff")[0],
    ...(of("done")[0] as object),
  };
}

async function read(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const piece of request) text += piece;
  return text;
}
