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

/** A few mails, each a known one after some changes, that arrive together. */
export type Case = readonly { readonly base: number; readonly changes: readonly Change[] }[];

const mail = fc.record({ base: fc.nat(), changes: fc.array(change, { maxLength: 8 }) });

/** Some mails of one case are neighbours of the list, so that they often belong together. */
export const fuzzCase: fc.Arbitrary<Case> = fc
  .tuple(fc.nat(), fc.array(mail, { minLength: 1, maxLength: 4 }))
  .map(([first, mails]) => mails.map((one, at) => (at > 0 && one.base % 3 > 0 ? { ...one, base: first + at } : one)));

/** Made mails, and the real ones where the corpus is there. */
export async function bases(limit: number): Promise<Buffer[]> {
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

/** Milliseconds of the processor that reading one case may take: its mails are at most 0.8 MB. */
const MAX_MS = 3_000;

/** Takes the mails of a case through mail, patch, series and review. @throws AssertionError where a rule is broken */
export async function checkCase(known: readonly Buffer[], mails: Case): Promise<void> {
  const start = process.cpuUsage();
  const copies: Digest[] = [];
  for (const { base, changes } of mails) {
    const other = known[(base * 31 + 7) % known.length] ?? Buffer.alloc(0);
    const raw = changes.reduce(
      (bytes, one) => mutate(bytes, one, other),
      known[base % known.length] ?? Buffer.alloc(0),
    );
    const { digest } = await readCopy(raw, 1e6);
    // The store keeps it as JSON and reads it again.
    assert.deepEqual(JSON.parse(JSON.stringify(digest)), digest);
    assert.ok(linkKeys(digest.entry).every((key) => key.length < 2_000));
    copies.push(digest);
  }
  checkDerived(copies);
  const { user } = process.cpuUsage(start);
  assert.ok(user / 1000 < MAX_MS, `one case took ${user / 1000} ms`);
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
