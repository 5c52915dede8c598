import type { Entry } from './entry.ts';
import { subjectParents } from './subject-parent.ts';

/** Who answers whom, among the mails that are known. */
export interface Threads {
  /** The known parent, or null. */
  parent(msgid: string): Entry | null;
  /** Message-ID of the thread's first mail; where that mail is unknown, the id that its answers name. */
  root(msgid: string): string;
  /** True where the parent was found by subject and author, because no header names a known mail. */
  bySubject(msgid: string): boolean;
  /** Known ancestors, nearest first, at most 200. */
  ancestors(msgid: string): Generator<Entry>;
}

const MAX_ANCESTORS = 200;

/** In-Reply-To where it is known, else the last of References that is, else nothing. */
function findParent(entry: Entry, known: ReadonlyMap<string, Entry>): Entry | null {
  const named = entry.inReplyTo === null ? undefined : known.get(entry.inReplyTo);
  if (named !== undefined && named !== entry) return named;
  for (const id of entry.references.toReversed()) {
    const found = known.get(id);
    if (found !== undefined && found !== entry) return found;
  }
  return null;
}

/** Mails that answer each other in a circle have no root: the first of the circle, in the order of `entries`, becomes one. */
function breakCircles(entries: readonly Entry[], parents: Map<string, Entry | null>): void {
  const rank = new Map(entries.map((entry, index) => [entry.msgid, index]));
  const visited = new Map<string, number>();
  for (const [walk, start] of entries.entries()) {
    let at: Entry | null = start;
    while (at !== null && !visited.has(at.msgid)) {
      visited.set(at.msgid, walk);
      at = parents.get(at.msgid) ?? null;
    }
    if (at === null || visited.get(at.msgid) !== walk) continue;
    let first = at;
    for (
      let next = parents.get(at.msgid) ?? null;
      next !== null && next !== at;
      next = parents.get(next.msgid) ?? null
    ) {
      if ((rank.get(next.msgid) ?? 0) < (rank.get(first.msgid) ?? 0)) first = next;
    }
    parents.set(first.msgid, null);
  }
}

/** Builds the threads of `entries`, which are sorted and have no Message-ID twice. */
export function threadsOf(entries: readonly Entry[]): Threads {
  const known = new Map(entries.map((entry) => [entry.msgid, entry]));
  const parents = new Map(entries.map((entry) => [entry.msgid, findParent(entry, known)]));
  const guessed = new Set<string>();
  const bySubject = subjectParents(entries);
  for (const entry of entries) {
    const parent = parents.get(entry.msgid) === null ? bySubject(entry) : null;
    if (parent === null) continue;
    parents.set(entry.msgid, parent);
    guessed.add(entry.msgid);
  }
  breakCircles(entries, parents);
  const roots = new Map<string, string>();
  const rootOf = (entry: Entry): string => {
    const path: Entry[] = [];
    let at = entry;
    for (
      let up = parents.get(at.msgid) ?? null;
      up !== null && !roots.has(at.msgid);
      up = parents.get(at.msgid) ?? null
    ) {
      path.push(at);
      at = up;
    }
    const root = roots.get(at.msgid) ?? at.references[0] ?? at.inReplyTo ?? at.msgid;
    for (const passed of [...path, at]) roots.set(passed.msgid, root);
    return root;
  };
  for (const entry of entries) rootOf(entry);
  return {
    parent: (msgid) => parents.get(msgid) ?? null,
    root: (msgid) => roots.get(msgid) ?? msgid,
    bySubject: (msgid) => guessed.has(msgid) && parents.get(msgid) !== null,
    *ancestors(msgid) {
      let at = parents.get(msgid) ?? null;
      for (let steps = 0; at !== null && steps < MAX_ANCESTORS; steps += 1) {
        yield at;
        at = parents.get(at.msgid) ?? null;
      }
    },
  };
}
