import type { Registry } from 'prom-client';
import type { ApiOptions } from './apis.ts';
import type { LiveStep } from '../ci/live-log.ts';
import type { LivePiece, LivePosition } from '../ci/live-reader.ts';
import type { SeriesKey } from '../store/series.ts';
import type { PatchPair } from '../mirror/range-diff/range-diff.ts';
import type { Tag } from '../review/tag.ts';
import type { SavedQuery } from './changes-page.ts';
import type { Operator } from './operator.ts';
import type { Address, Message } from '../mail/message.ts';
import type { Store } from '../store/open.ts';
import type { Clock } from '../util/clock.ts';
import type { Log } from '../util/log.ts';

/** What the pages say of one project; all of it is public. */
export interface ProjectFacts {
  readonly name: string;
  readonly mode: 'shadow' | 'moderate' | 'live';
  /** What a reader fetches the mirrored refs from, or null where they are not published. A user or password in it is never shown. */
  readonly gitUrl: string | null;
  /** Address of its list, or null where it reads any. */
  readonly list: string | null;
  /** Page of a mail in the list's archive, `{msgid}` replaced; null: none is known but ours. */
  readonly archive: string | null;
}

/** The part of the configuration that the pages show. */
export interface WebFacts {
  readonly bot: string;
  readonly version: string;
  readonly projects: readonly ProjectFacts[];
  /** Names of the sources, as their cursors are kept in the store. */
  readonly sources: readonly string[];
}

/** One thing that must work; `detail` is one line and is public. */
export interface HealthCheck {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
}

/** Healthy where all checks are ok. */
export interface Health {
  readonly checks: readonly HealthCheck[];
}

/** A patch as its page shows it. */
export interface PatchContent {
  readonly title: string;
  readonly author: Address;
  /** ISO 8601 with zone. */
  readonly authorDate: string;
  /** Commit message as mailed. */
  readonly own: string;
  /** Commit message with the counting tags in place. */
  readonly message: string;
  /** What stands below `---`; may be empty. */
  readonly notes: string;
  /** Bytes as latin1 text. */
  readonly diff: string;
}

/** Reads patches, for which the pages have no stages of their own. */
export interface PatchReader {
  /** Null where the mail has no patch. */
  read(raw: Uint8Array, tags: readonly Tag[]): Promise<PatchContent | null>;
  /** Null where there is too much to compare. */
  compare(old: readonly PatchContent[], fresh: readonly PatchContent[]): readonly PatchPair[] | null;
}

/** What runs have on disk. */
export interface RunFiles {
  /** See followLive. */
  follow(of: SeriesKey, from: LivePosition | null, signal: AbortSignal): AsyncIterable<LivePiece>;
  /** What runs now of a series, with the last lines of its output; null where nothing does. */
  now(of: SeriesKey, lines: number): Promise<{ readonly step: LiveStep; readonly lines: readonly string[] } | null>;
  /** Opens a file that a check names; null where it is no longer kept. */
  open(path: string): Promise<{ readonly size: number; readonly stream: ReadableStream<Uint8Array> } | null>;
}

/** Everything that the web surface needs, passed in so that tests own it. */
export interface WebOptions {
  readonly store: Store;
  /** Directory with the `.eta` files and `style.css` (templates/web). */
  readonly templatesDirectory: string;
  readonly facts: WebFacts;
  /** Reads one mail: `parseMessage`. Must not throw, whatever the bytes. */
  readonly readMessage: (raw: Uint8Array) => Promise<Message>;
  readonly patches: PatchReader;
  /** Searches that the list offers. */
  readonly queries: readonly SavedQuery[];
  readonly health: () => Health | Promise<Health>;
  readonly apis: ApiOptions;
  /** Who may say yes or no to mails that wait; left out: nobody may here. */
  readonly operator?: Operator;
  /** Left out: there are no pages of runs. */
  readonly runs?: RunFiles;
  readonly metrics: Registry;
  readonly clock: Clock;
  readonly log: Log;
}
