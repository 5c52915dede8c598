import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '../config/config.ts';
import { loadConfig } from '../config/loader.ts';
import { runService } from '../src/service.ts';
import { silentLog } from '../src/util/log.ts';
import { type Dovecot, startDovecot } from '../test/helpers/dovecot.ts';
import { largeRepository } from './mirror-data.ts';
import { type BenchSeries, git, gitOut, mboxOf } from './mirror-series.ts';

const FILES = 3_000;
const ROUNDS = 7;
const PATCHES = 20;

/**
 * From the last mail of a series of 20 patches, as Dovecot gets it, to the branch in a repository that the bot pushes to; beside `git am`
 * of the same mails in a work tree and `git push` of what it made.
 */
export async function benchPublish(): Promise<void> {
  const scratch = mkdtempSync(join(tmpdir(), 'patchloom-publish-'));
  try {
    const { repository, series } = await largeRepository(scratch, FILES, ROUNDS, PATCHES);
    const published = join(scratch, 'published.git');
    cpSync(repository, published, { recursive: true });
    await using dovecot = await startDovecot();
    const stop = new AbortController();
    const ready = Promise.withResolvers<void>();
    const config = configFor(scratch, dovecot, repository, published);
    const service = runService(config, { log: silentLog, signal: stop.signal, onReady: () => ready.resolve() });
    await ready.promise;
    const bot: number[] = [];
    try {
      for (const [round, one] of series.entries()) bot.push(await untilPublished(dovecot, published, one, round));
    } finally {
      stop.abort();
      await service;
    }
    const tree = join(scratch, 'tree');
    gitOut('/', 'clone', '--quiet', '--shared', repository, tree);
    const people = series.map((one, round) => amAndPush(tree, published, one, round));
    const [ours, theirs] = [median(bot), median(people)];
    console.log(
      `${PATCHES} patches, ${FILES} files: last mail to published branch ${ours.toFixed(0)} ms (${bot.map((one) => one.toFixed(0)).join(' ')})`,
    );
    console.log(
      `git am in a work tree and git push: ${theirs.toFixed(0)} ms; the bot ${(theirs / ours).toFixed(2)} x as fast`,
    );
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** Milliseconds from the delivery of the last mail. */
async function untilPublished(dovecot: Dovecot, published: string, one: BenchSeries, round: number): Promise<number> {
  const mails = one.mails.map((mail, at) => {
    const reply = at === 0 ? '' : `In-Reply-To: <bench-${round}-1@example.org>\n`;
    const head = `Message-ID: <bench-${round}-${at + 1}@example.org>\n${reply}`;
    return Buffer.concat([Buffer.from(head), mail.subarray(mail.indexOf('From: '))]);
  });
  const last = mails.pop();
  if (last === undefined) throw new Error('a series without mails');
  for (const mail of mails) await dovecot.deliver(mail);
  await sleep(2_000);
  const before = branchesOf(published).length;
  const start = performance.now();
  await dovecot.deliver(last);
  while (branchesOf(published).length === before) {
    if (performance.now() - start > 60_000) throw new Error('no branch came');
    await sleep(5);
  }
  return performance.now() - start;
}

function branchesOf(published: string): string[] {
  const directory = join(published, 'refs', 'heads', 'patchloom');
  return existsSync(directory)
    ? readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter((name) => /\/v1(?:-2)?$/.test(name))
    : [];
}

function amAndPush(tree: string, published: string, { base, mails }: BenchSeries, round: number): number {
  const start = performance.now();
  gitOut(tree, 'checkout', '--quiet', '--force', '--detach', base);
  const am = git(tree, ['am', '--quiet'], { input: mboxOf(mails) });
  if (am.code !== 0) throw new Error(am.err);
  gitOut(tree, 'push', '--quiet', published, `HEAD:refs/heads/by-hand/${round}`);
  return performance.now() - start;
}

function configFor(
  scratch: string,
  { host, port, user, password }: Dovecot,
  upstream: string,
  published: string,
): Config {
  const file = join(scratch, 'patchloom.yaml');
  const settings = {
    data: join(scratch, 'data'),
    bot: { email: 'bot@example.org' },
    limits: { act_within_days: 36_500 },
    sources: [{ name: 'list', imap: { host, port, tls: false, user, password: { env: 'IMAP' }, folders: ['INBOX'] } }],
    projects: { bench: { fallback: true, git: { upstream, publish: published, branch: 'main' } } },
  };
  // JSON is YAML.
  writeFileSync(file, JSON.stringify(settings));
  return loadConfig(file, { IMAP: password });
}

function median(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0;
}
