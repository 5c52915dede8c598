import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CORPUS, importInto, mailsOf } from './intake.ts';
import { line } from './measure.ts';

const TIMES = 10;

/** Whether a mail costs more the more mails there are: the LTP year once, and ten times with ids, authors and titles of its own. */
export async function benchGrowth(): Promise<void> {
  const mbox = join(CORPUS, 'ltp/ltp-2024.mbox.gz');
  if (!existsSync(mbox)) return console.log(`no corpus at ${CORPUS}: set PATCHLOOM_CORPUS`);
  const scratch = await mkdtemp(join(tmpdir(), 'patchloom-bench-'));
  try {
    const mails = await mailsOf(mbox);
    const one = await timed(scratch, mails, 1);
    const many = await timed(scratch, mails, TIMES);
    console.log(line('import of the year', mails.length, one));
    console.log(line(`import of ${TIMES} such years`, mails.length * TIMES, many));
    console.log(`a mail costs ${(many / TIMES / one).toFixed(2)} times as much among ${TIMES} times as many`);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function timed(scratch: string, mails: readonly Buffer[], copies: number): Promise<number> {
  const mbox = join(scratch, `${copies}.mbox`);
  const parts = Array.from({ length: copies }, (_, copy) => mails.map((mail) => copyOf(mail, copy))).flat();
  await writeFile(mbox, parts.map(asMbox).join(''), 'latin1');
  const start = performance.now();
  await importInto(join(scratch, `store-${copies}`), mbox, 0);
  return (performance.now() - start) / 1000;
}

/** A mail as it stands in an mbox. */
export function asMbox(text: string): string {
  return `From x Thu Jan  1 00:00:00 2026\n${text}\n`;
}

/** Somebody of that list alone, the same for the same sender; encoded words would keep the name of another list's. */
function personOf(from: string, copy: number): string {
  const address = /<([^<>]+)>/.exec(from)?.[1] ?? 'nobody@example.org';
  const name = createHash('sha1').update(from.replaceAll(/\s+/g, ' ')).digest('hex').slice(0, 8);
  return `C${copy} ${name} <${address}>`;
}

/** The mail as another list would have it: other ids, people and titles. */
export function copyOf(mail: Buffer, copy: number): string {
  const text = mail.toString('latin1').replaceAll(/^(>*From )/gm, '>$1');
  if (copy === 0) return text;
  const end = text.indexOf('\n\n');
  const head = text
    .slice(0, end)
    .replaceAll(/<([^<>\s@]+)@([^<>\s]+)>/g, `<$1@c${copy}.$2>`)
    .replaceAll(/^From: .*(?:\n[ \t].*)*/gm, (from) => `From: ${personOf(from, copy)}`)
    .replaceAll(/^(Subject: .*\])/gm, `$1 c${copy}:`);
  // What joins the versions of a change stands in the body: one list's change is not another's.
  return head + text.slice(end).replaceAll(/^(change-id: *\S+)/gim, `$1-c${copy}`);
}
