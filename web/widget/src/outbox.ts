// What the visitor has said and nobody has answered yet: kept over a reload, and sent one at a
// time in the order of speaking until it arrives. Decides when to send, never what is shown.

import type { Answer } from "./answer.ts";
import type { Memory } from "./memory.ts";
import type { Spoken } from "./transcript.ts";
import type { Said } from "./wire.ts";

/** One message on its way. */
export interface Line {
  said: Said;
  /** Its bubble; absent where the transcript shows the message already. */
  spoken: Spoken | undefined;
  /** What came of the answer before the connection was lost. */
  half?: Answer;
  /** Why it has not arrived, as far as that was said. */
  told?: string;
  /** A session that had expired was replaced for it. */
  isRenewed?: boolean;
}

/** The wait before another try, which grows until it is a minute. */
const WAIT_MS = 10_000;
const LONGEST_WAIT_MS = 60_000;

export class Outbox {
  /** Oldest first; those of before a reload have no bubble yet. */
  readonly lines: Line[];
  #isSending = false;
  #failures = 0;
  #timer = 0;

  /**
   * `send` resolves to whether the line is done with, or `undefined` when only the visitor may
   * send it again.
   */
  constructor(
    readonly memory: Memory,
    readonly send: (line: Line) => Promise<boolean | undefined>,
    /** Told of each line that stands behind one that does not get through. */
    readonly held: (line: Line) => void,
  ) {
    this.lines = (memory.now.outbox ?? []).map((said) => ({ said, spoken: undefined }));
    addEventListener("online", () => void this.go());
  }

  add(line: Line): void {
    this.lines.push(line);
    this.#keep();
    if (this.#failures) this.held(line);
    void this.go();
  }

  /** Sends what there is, unless that is being done. */
  async go(): Promise<void> {
    if (this.#isSending) return;
    this.#isSending = true;
    clearTimeout(this.#timer);
    for (let [line] = this.lines; line; [line] = this.lines) {
      const isDone = await this.send(line);
      this.#failures = isDone ? 0 : this.#failures + 1;
      if (!isDone) {
        this.lines.slice(1).forEach(this.held);
        const wait = Math.min(WAIT_MS * this.#failures, LONGEST_WAIT_MS);
        if (isDone === false) this.#timer = setTimeout(() => void this.go(), wait);
        break;
      }
      this.lines.shift();
      this.#keep();
    }
    this.#isSending = false;
  }

  #keep(): void {
    this.memory.keep({ outbox: this.lines.map(({ said }) => said) });
  }
}
