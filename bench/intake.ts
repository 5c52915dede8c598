import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { simpleParser } from 'mailparser';
import { loadConfig } from '../config/loader.ts';
import { presetPath } from '../config/preset.ts';
import { readCopy } from '../handlers/read-mail.ts';
import { openBot } from '../src/bot.ts';
import { takeIn } from '../src/intake.ts';
import { parseMessage } from '../src/mail/parse.ts';
import { mboxSource } from '../src/source/mbox.ts';
import { exec } from '../src/util/exec.ts';
import { silentLog } from '../src/util/log.ts';
import { line, medianSeconds } from './measure.ts';

/** The mail corpus beside the checkout. */
export const CORPUS = process.env['PATCHLOOM_CORPUS'] ?? join(import.meta.dirname, '../../shared/corpus');
const ROUNDS = 3;

/** Messages a second for reading, parsing and storing one year of a list, beside mailparser alone and git cat-file alone. */
export async function benchIntake(): Promise<void> {
  const mbox = join(CORPUS, 'ltp/ltp-2024.mbox.gz');
  if (!existsSync(mbox)) return console.log(`no corpus at ${CORPUS}: set PATCHLOOM_CORPUS`);
  const scratch = await mkdtemp(join(tmpdir(), 'patchloom-bench-'));
  try {
    const mails = await mailsOf(mbox);
    const bytes = mails.reduce((sum, mail) => sum + mail.length, 0);
    console.log(
      `${mails.length} messages, ${(bytes / 1e6).toFixed(1)} MB, node ${process.version}, median of ${ROUNDS}`,
    );
    const skip = { skipHtmlToText: true, skipTextToHtml: true, skipTextLinks: true, skipImageLinks: true };
    const parser = await medianSeconds(ROUNDS, async () => {
      for (const mail of mails) await simpleParser(mail, skip);
    });
    console.log(line('baseline: mailparser alone, four skip flags', mails.length, parser));
    const git = await gitSeconds(scratch, mails);
    console.log(line('baseline: git cat-file --batch alone', mails.length, git));
    const baseline = { name: 'mailparser alone', seconds: parser };
    const mailSeconds = await medianSeconds(ROUNDS, async () => {
      for (const mail of mails) await parseMessage(mail);
    });
    console.log(line('mail', mails.length, mailSeconds, baseline));
    const readSeconds = await medianSeconds(ROUNDS, async () => {
      for (const mail of mails) await readCopy(mail, 25e6);
    });
    console.log(line('mail + patch + remarks', mails.length, readSeconds, baseline));
    let round = 0;
    const store = (readers: number) => importInto(join(scratch, `store-${round++}`), mbox, readers);
    const whole = await medianSeconds(ROUNDS, () => store(0));
    console.log(line('import on one core: read, derive and store', mails.length, whole, baseline));
    const spread = await medianSeconds(ROUNDS, () => store(1));
    console.log(line('import with a thread that reads', mails.length, spread, baseline));
    const share = (seconds: number): string => `${Math.round((100 * seconds) / whole)} %`;
    const rest = whole - readSeconds;
    console.log(
      `shares of one core: mail ${share(mailSeconds)}, patch and remarks ${share(readSeconds - mailSeconds)}, series, tags and store ${share(rest)}`,
    );
    console.log(`git cat-file is ${(whole / git).toFixed(1)} times as fast as the import`);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** Every mail of an mbox. */
export async function mailsOf(mbox: string): Promise<Buffer[]> {
  const mails: Buffer[] = [];
  for await (const { raw } of mboxSource(mbox).read(null, new AbortController().signal)) mails.push(Buffer.from(raw));
  return mails;
}

/** A whole import into a new store, with so many threads that read. */
export async function importInto(data: string, mbox: string, readers: number): Promise<void> {
  await using bot = await openBot(loadConfig(presetPath('default'), {}, { data }), { log: silentLog, readers });
  await takeIn(bot, mboxSource(mbox), { act: false, signal: new AbortController().signal });
}

/** Every message as a blob of one pack, read back by one process. */
async function gitSeconds(scratch: string, mails: readonly Buffer[]): Promise<number> {
  const repository = join(scratch, 'mails.git');
  await exec('git', ['init', '--quiet', '--bare', repository]);
  const blobs = mails.flatMap((mail, at) => [
    Buffer.from(`blob\nmark :${at + 1}\ndata ${mail.length}\n`),
    mail,
    Buffer.from('\n'),
  ]);
  const marks = join(scratch, 'marks');
  const imported = spawnSync('git', ['fast-import', '--quiet', `--export-marks=${marks}`], {
    cwd: repository,
    input: Buffer.concat(blobs),
  });
  if (imported.status !== 0) throw new Error(imported.stderr.toString());
  const ids = spawnSync('cut', ['-d', ' ', '-f', '2', marks]).stdout;
  return medianSeconds(ROUNDS, () => exec('git', ['cat-file', '--batch', '--buffer'], { cwd: repository, input: ids }));
}
