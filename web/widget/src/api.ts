// Calls the public API. Decides how each failure is told apart; never decides what to do about it.

/** The server understood and refused: `application/problem+json`. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly detail: string,
    /** Seconds the server asked to wait; 0 when it did not. */
    readonly retryAfter: number,
    /** The whole problem document, for members beyond the standard ones. */
    readonly body: Record<string, unknown>,
  ) {
    super(detail);
  }
}

/** No answer came: the network, the server or the way between them is down. */
export class Unreachable extends Error {}

/** The address and the headers that every call is made with. */
export class Api {
  constructor(
    readonly base: string,
    readonly headers: Record<string, string>,
  ) {}

  /** POSTs JSON and returns the JSON answer (`undefined` for an empty one). */
  async post<Answer>(path: string, body: unknown): Promise<Answer> {
    return (await json(await this.open(path, body))) as Answer;
  }

  /** GETs JSON for a session. */
  async get<Answer>(path: string, sessionId: string): Promise<Answer> {
    return (await json(
      await this.#fetch(path, { headers: { "X-Session-Id": sessionId } }),
    )) as Answer;
  }

  /** POSTs JSON and returns the response with its body unread. */
  open(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
    return this.#fetch(path, {
      method: "POST",
      headers: { "Content-Type": "application/json", ...headers },
      body: JSON.stringify(body),
    });
  }

  async #fetch(
    path: string,
    init: RequestInit & { headers: Record<string, string> },
  ): Promise<Response> {
    const headers = { ...this.headers, ...init.headers };
    const response = await fetch(`${this.base}/v1/public/chat/${path}`, {
      ...init,
      headers,
      credentials: "omit",
      cache: "no-store",
    }).catch(unreachable);
    if (!response.ok) throw await problem(response);
    return response;
  }
}

async function json(response: Response): Promise<unknown> {
  const text = await response.text().catch(unreachable);
  return text ? JSON.parse(text) : undefined;
}

async function problem(response: Response): Promise<Problem> {
  const body = ((await response.json().catch(() => undefined)) ?? {}) as Record<string, unknown>;
  const { code, detail, title } = body;
  const wait = Number(response.headers.get("Retry-After"));
  return new Problem(response.status, `${code ?? ""}`, `${detail ?? title ?? ""}`, wait, body);
}

function unreachable(): never {
  throw new Unreachable();
}
