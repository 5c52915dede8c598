import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { COUNTING, type Tag } from '../../src/review/tag.ts';
import { mboxSource } from '../../src/source/mbox.ts';
import { corpusPath, requiresCorpus } from '../helpers/corpus.ts';
import { componentsOf, type Derived, deriveAll, type Digested, digestOf } from '../helpers/digests.ts';

interface Expected {
  readonly tag: string;
  readonly email: string;
  readonly msgid_given_in: string | null;
  readonly scope?: string;
  readonly machine_should_carry?: boolean;
  readonly conditional?: boolean | string;
  readonly blocking?: boolean;
}

interface ExpectedPatch {
  readonly n: number;
  readonly m: number;
  readonly subject: string;
  readonly msgid: string;
  readonly missing_mail?: boolean;
  readonly expected_tags: readonly Expected[];
}

interface Thread {
  readonly name: string;
  readonly series: readonly { readonly version: number; readonly patches: readonly ExpectedPatch[] }[];
}

const FOLDER = 'xen-dev';
const KIND_ORDER = (one: string, other: string): number => (one < other ? -1 : Number(one > other));

async function readThread(name: string): Promise<{ thread: Thread; mails: Digested[] }> {
  const thread = JSON.parse(readFileSync(corpusPath(`${FOLDER}/${name}.json`), 'utf8')) as Thread;
  const mails: Digested[] = [];
  const { signal } = new AbortController();
  for await (const mail of mboxSource(corpusPath(`${FOLDER}/${name}.mbox`)).read(null, signal))
    mails.push(await digestOf(mail.raw));
  return { thread, mails };
}

function deriveThread(mails: readonly Digested[]): Derived {
  const parts = componentsOf(mails).map((component) => deriveAll(component));
  return {
    series: parts.flatMap((part) => part.series),
    dispositions: parts.flatMap((part) => part.dispositions),
    tags: new Map(parts.flatMap((part) => [...part.tags])),
  };
}

function wanted(patch: ExpectedPatch): string[] {
  return patch.expected_tags
    .filter((tag) => tag.machine_should_carry !== false && tag.conditional === undefined && tag.blocking !== true)
    .map((tag) => line(tag.tag, tag.email, tag.msgid_given_in ?? '', tag.scope))
    .sort(KIND_ORDER);
}

/** `scope` of the corpus is an area after `#`, or the word `series` for where the tag was said. */
function line(kind: string, email: string, givenIn: string, scope: string | null | undefined): string {
  const area = scope == null || scope === 'series' ? '' : ` ${scope.replace(/^#\s*/, '#')}`;
  return `${kind} ${email.toLowerCase()} in ${givenIn}${area}`;
}

function found(tags: readonly Tag[]): string[] {
  return tags
    .filter((tag) => COUNTING.has(tag.status))
    .map((tag) => line(tag.kind, tag.email, tag.givenIn, tag.area === null ? null : `#${tag.area}`))
    .sort(KIND_ORDER);
}

const names = existsSync(corpusPath(FOLDER))
  ? readdirSync(corpusPath(FOLDER)).flatMap((file) => (file.endsWith('.json') ? [file.slice(0, -5)] : []))
  : [];

test('the corpus of xen-devel threads is there', requiresCorpus(FOLDER), () => {
  assert.ok(names.length >= 8);
});

for (const name of names) {
  test(`${name}: the series, their patches and exactly the expected tags are found`, async () => {
    const { thread, mails } = await readThread(name);
    const { series, tags } = deriveThread(mails);
    assert.deepEqual(new Set(series.map((one) => one.version)), new Set(thread.series.map((one) => one.version)));
    assert.equal(series.length, thread.series.length);
    const patches = new Map(
      series.flatMap((one) => one.patches.map((patch) => [patch.msgid, { patch, one }] as const)),
    );
    for (const patch of thread.series.flatMap((one) => one.patches)) {
      const place = patches.get(patch.msgid);
      assert.equal(place === undefined, patch.missing_mail === true, patch.msgid);
      if (place === undefined) continue;
      const { index, total, subject } = place.patch;
      assert.deepEqual({ index, total, subject }, { index: patch.n, total: patch.m, subject: patch.subject });
      assert.deepEqual(found(tags.get(place.one.key)?.patches.get(patch.msgid) ?? []), wanted(patch), patch.msgid);
    }
  });

  test(`${name}: the order of arrival changes nothing`, async () => {
    const { mails } = await readThread(name);
    const first = deriveAll(mails);
    for (let seed = 1; seed <= 20; seed += 1) {
      const result = deriveAll(shuffle(mails, seed));
      assert.deepEqual(result, first, `seed ${seed}`);
    }
  });
}

/** Fisher-Yates with a small generator (mulberry32), so that a failure can be repeated by its seed. */
function shuffle<T>(items: readonly T[], seed: number): T[] {
  const result = [...items];
  let state = seed * 0x9e3779b9;
  for (let last = result.length - 1; last > 0; last -= 1) {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    const pick = ((mixed ^ (mixed >>> 14)) >>> 0) % (last + 1);
    const [one, other] = [result[last], result[pick]];
    if (one !== undefined && other !== undefined) [result[last], result[pick]] = [other, one];
  }
  return result;
}
