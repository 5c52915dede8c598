import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import fc from 'fast-check';
import { readCopy } from '../../handlers/read-mail.ts';
import { deriveMails } from '../../handlers/derive.ts';
import { linkKeys } from '../../src/series/component.ts';
import { trailersFor } from '../../src/review/trailers-for.ts';
import type { Digest } from '../../src/store/messages.ts';
import { mboxSource } from '../../src/source/mbox.ts';
import { corpusPath } from '../helpers/corpus.ts';
import { ANY_PROJECT } from '../helpers/digests.ts';
import { madeThreadWithCopies } from '../helpers/made-thread.ts';
import { type Change, change, mutate } from './mutation.ts';
import { seedsOf } from './target.ts';

/** Mails to change. */
export interface Bases {
  /** Of the corpus: each shows something odd. */
  readonly saved: readonly Buffer[];
  /** Many, of every day. */
  readonly found: readonly Buffer[];
}

/** A few mails, each a known one after some changes, that arrive together. */
export type Case = readonly {
  readonly from: keyof Bases;
  readonly base: number;
  readonly changes: readonly Change[];
}[];

const mail = fc.record({
  from: fc.oneof({ weight: 3, arbitrary: fc.constant('found') }, { weight: 1, arbitrary: fc.constant('saved') }),
  base: fc.nat(),
  changes: fc.array(change, { maxLength: 8 }),
}) satisfies fc.Arbitrary<Case[number]>;

/** Some mails of one case are neighbours of the list, so that they often belong together. */
export const fuzzCase: fc.Arbitrary<Case> = fc
  .tuple(fc.nat(), fc.array(mail, { minLength: 1, maxLength: 4 }))
  .map(([first, mails]) => mails.map((one, at) => (at > 0 && one.base % 3 > 0 ? { ...one, base: first + at } : one)));

/** The saved mails as they are: each alone, and all at once. */
export function savedCases({ saved }: Bases): readonly Case[] {
  const mails = saved.map((_, base) => ({ from: 'saved', base, changes: [] }) as const);
  return [...mails.map((one) => [one]), mails];
}

/** Those of the corpus, made mails, and real ones where they are there. */
export async function bases(limit: number): Promise<Bases> {
  const saved = [...seedsOf('mail'), ...seedsOf('mime')];
  return { saved, found: await foundMails(limit) };
}

async function foundMails(limit: number): Promise<readonly Buffer[]> {
  const found = Array.from({ length: 40 }, (_, seed) => madeThreadWithCopies(seed)).flat();
  const folder = corpusPath('xen-dev');
  const files = existsSync(folder) ? readdirSync(folder).filter((file) => file.endsWith('.mbox')) : [];
  const year = corpusPath('ltp/ltp-2024.mbox.gz');
  const paths = [...files.map((file) => `${folder}/${file}`), ...(existsSync(year) ? [year] : [])];
  for (const path of paths) {
    for await (const { raw } of mboxSource(path).read(null, new AbortController().signal)) {
      if (found.length >= limit) return found;
      if (raw.length < 100_000) found.push(Buffer.from(raw));
    }
  }
  return found;
}

/** Takes the mails of a case through mail, patch, series and review. @throws AssertionError where a rule is broken */
export async function checkCase(known: Bases, mails: Case): Promise<void> {
  const copies: Digest[] = [];
  const pick = (all: readonly Buffer[], at: number): Buffer => all[at % all.length] ?? Buffer.alloc(0);
  for (const { from, base, changes } of mails) {
    const other = pick(base % 2 === 0 ? known.found : known.saved, base * 31 + 7);
    const raw = changes.reduce((bytes, one) => mutate(bytes, one, other), pick(known[from], base));
    const { digest } = await readCopy(raw, 1e6);
    // The store keeps it as JSON and reads it again.
    assert.deepEqual(JSON.parse(JSON.stringify(digest)), digest);
    assert.ok(linkKeys(digest.entry).every((key) => key.length < 2_000));
    copies.push(digest);
  }
  checkDerived(copies);
}

function checkDerived(digests: readonly Digest[]): void {
  const distinct = new Map(digests.map((digest) => [digest.entry.msgid, { digest, dkim: null }]));
  const known = [...distinct.values()];
  const derived = deriveMails(known, ANY_PROJECT);
  assert.deepEqual(deriveMails(known.toReversed(), ANY_PROJECT), derived, 'the order of arrival changes the result');
  assert.deepEqual(
    derived.dispositions.map((one) => one.msgid).toSorted(),
    known.map(({ digest }) => digest.entry.msgid).toSorted(),
    'every mail ends somewhere, and once',
  );
  for (const { series, tags } of derived.rows) {
    assert.ok(series.patches.every((patch) => patch.index >= 1 && patch.contentHash !== ''));
    for (const own of tags.patches.values()) {
      for (const { kind, value } of trailersFor(own)) {
        assert.match(kind, /^[A-Z][A-Za-z-]*$/);
        assert.match(value, /^[^\n\r\0]{1,700}$/);
      }
    }
  }
}
