// What everything inside the panel works with.

import type { Api } from "./api.ts";
import type { Composer } from "./composer.ts";
import type { Memory } from "./memory.ts";
import type { Mount } from "./mount.ts";
import type { Transcript } from "./transcript.ts";
import type { Words } from "./words.ts";

/** What the panel hands to the conversation. */
export interface Parts {
  api: Api;
  /** The page around it, and how to tell it what happens. */
  page: Mount;
  memory: Memory;
  words: Words;
  transcript: Transcript;
  composer: Composer;
  /** Says a finished thing once to whoever listens instead of looking. */
  announce(text: string): void;
}

/** What the conversation hands to its cards. */
export interface Around extends Parts {
  /** Says something for the visitor. */
  say(text: string): void;
  /** POSTs for the visitor's session, which is begun if need be. */
  post<Answer>(path: string, body?: object): Promise<Answer>;
}
