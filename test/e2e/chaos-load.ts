import { setTimeout as sleep } from 'node:timers/promises';
import { readMail } from '../../handlers/read-mail.ts';
import { mboxSource } from '../../src/source/mbox.ts';
import { corpusPath } from '../helpers/corpus.ts';
import type { Random } from '../helpers/random.ts';
import { LIST, post, seriesMails } from './cluster-list.ts';

/** Mail that is posted to the list, each so many ms after the one before. */
export interface Load {
  readonly mails: readonly { readonly raw: string; readonly wait: number }[];
  /** Different mails, by Message-ID. */
  readonly messages: number;
  /** Series, each of which is answered once; null where it is not known beforehand. */
  readonly series: number | null;
  /** Files that upstream must have, so that it is the repository that the patches are for. */
  readonly paths: readonly string[];
  readonly words: string;
}

/** When the late reviews come, in ms: most series have been published by then. */
const LATE_MS = 5_000;

/** Series, each with a review: of every second one it comes at once, of the others when all series are there. */
export function madeLoad(series: number, random: Random): Load {
  const all = Array.from({ length: series }, (_, number) => seriesMails(number));
  const isLate = (number: number): boolean => number % 2 === 1;
  const first = all.flatMap((mails, number) =>
    (isLate(number) ? mails.slice(0, -1) : mails).map((raw, at) => ({ raw, wait: at === 0 ? random.below(300) : 0 })),
  );
  const late = all.filter((_, number) => isLate(number)).flatMap((mails) => mails.slice(-1));
  const mails = [...first, ...late.map((raw, at) => ({ raw, wait: at === 0 ? LATE_MS : random.below(300) }))];
  return { mails, messages: mails.length, series, paths: [], words: `${mails.length} mails of ${series} series` };
}

/** So long a replay lasts, in ms: twelve hours of the list at 100 times its speed. */
const REPLAY_MS = 432_000;

/** The stretch of a year of the LTP list with the most mails, `speed` times as fast; everybody's address is one of example.org, so that no answer leaves. */
export async function ltpLoad(speed: number): Promise<Load> {
  const found: { raw: string; at: number; msgid: string }[] = [];
  const source = mboxSource(corpusPath('ltp/ltp-2024.mbox.gz'));
  for await (const { raw } of source.read(null, new AbortController().signal)) {
    const text = Buffer.from(raw).toString('latin1');
    const at = Date.parse(/^Date: (.+)$/m.exec(text)?.[1] ?? '');
    const msgid = /^Message-ID: *(<[^>]+>)/im.exec(text)?.[1];
    if (!Number.isNaN(at) && msgid !== undefined) found.push({ raw: atHome(text), at, msgid });
  }
  found.sort((a, b) => a.at - b.at);
  const stretch = REPLAY_MS * speed;
  let best = { from: 0, to: 0 };
  for (let from = 0, to = 0; from < found.length; from += 1) {
    while (to < found.length && (found[to]?.at ?? 0) < (found[from]?.at ?? 0) + stretch) to += 1;
    if (to - from > best.to - best.from) best = { from, to };
  }
  const chosen = found.slice(best.from, best.to);
  const mails = chosen.map(({ raw, at }, index) => ({ raw, wait: (at - (chosen[index - 1]?.at ?? at)) / speed }));
  const seconds = REPLAY_MS / 1_000;
  const day = new Date(chosen[0]?.at ?? 0).toISOString();
  const rate = (mails.length / seconds).toFixed(2);
  const words = `${mails.length} mails of LTP from ${day}, ${speed} times as fast: ${rate} a second for ${seconds} s`;
  const messages = new Set(chosen.map(({ msgid }) => msgid)).size;
  return { mails, messages, series: null, paths: await pathsIn(mails), words };
}

async function pathsIn(mails: Load['mails']): Promise<readonly string[]> {
  const paths = new Set<string>();
  for (const { raw } of mails)
    for (const path of (await readMail(Buffer.from(raw, 'latin1'))).patch?.paths ?? []) paths.add(path);
  return [...paths];
}

function atHome(mail: string): string {
  const plain = mail
    .replaceAll(/^List-[\w-]+:.*\n(?:[ \t].*\n)*/gim, '')
    .replaceAll(/\bltp@lists\.linux\.it\b/gi, LIST);
  return plain.replaceAll(/([\w.+-]+)@((?:[\w-]+\.)+[a-z]{2,})/gi, (whole, name: string, host: string) =>
    whole === LIST ? whole : `${name}=${host}@example.org`,
  );
}

export async function postAll(port: number, { mails }: Load): Promise<void> {
  let due = Date.now();
  for (const { raw, wait } of mails) {
    due += wait;
    await sleep(Math.max(0, due - Date.now()));
    await post(port, raw);
  }
}
