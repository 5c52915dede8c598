/**
 * `npm run bench -- bulk`: what a bulk path could bring to an import into PostgreSQL. The shares of the import's time by kind of statement, as
 * the client waits for them, and the rows of mails alone by the multi-row inserts of today beside the server's own COPY.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { loadConfig } from '../config/loader.ts';
import { presetPath } from '../config/preset.ts';
import { openBot } from '../src/bot.ts';
import { takeIn } from '../src/intake.ts';
import { mboxSource } from '../src/source/mbox.ts';
import { openStore } from '../src/store/open.ts';
import { silentLog } from '../src/util/log.ts';
import { startPostgres } from '../test/helpers/postgres.ts';
import { CORPUS } from './intake.ts';

const ROWS = 200;

/** Milliseconds that statements took, by their first words. */
function watchStatements(): ReadonlyMap<string, { calls: number; ms: number }> {
  const seen = new Map<string, { calls: number; ms: number }>();
  const prototype = pg.Client.prototype as unknown as { query: (...words: unknown[]) => unknown };
  const query = prototype.query;
  prototype.query = function (this: pg.Client, ...words: unknown[]): unknown {
    const [first] = words;
    const text = typeof first === 'string' ? first : ((first as { text?: string } | undefined)?.text ?? '');
    const kind = /^\s*(?:insert into "?\w+"?|delete from "?\w+"?|update "?\w+"?|select|\w+)/i.exec(text)?.[0] ?? '?';
    const began = performance.now();
    const result = query.apply(this, words);
    if (result instanceof Promise)
      void result.finally(() => {
        const known = seen.get(kind) ?? { calls: 0, ms: 0 };
        seen.set(kind, { calls: known.calls + 1, ms: known.ms + performance.now() - began });
      });
    return result;
  };
  return seen;
}

export async function benchBulk(): Promise<void> {
  const scratch = await mkdtemp(join(tmpdir(), 'patchloom-bench-'));
  await using postgres = await startPostgres({ durable: true });
  try {
    const [imported, inserted, copied] = [await postgres.create(), await postgres.create(), await postgres.create()];
    const seen = watchStatements();
    const config = { ...loadConfig(presetPath('default'), {}, { data: scratch }), database: imported };
    const began = performance.now();
    {
      await using bot = await openBot(config, { log: silentLog, readers: 1 });
      const source = mboxSource(join(CORPUS, 'ltp/ltp-2024.mbox.gz'));
      await takeIn(bot, source, { act: false, signal: new AbortController().signal });
    }
    const whole = performance.now() - began;
    console.log(`import: ${(whole / 1000).toFixed(1)} s`);
    for (const [kind, { calls, ms }] of [...seen].toSorted((a, b) => b[1].ms - a[1].ms).slice(0, 8))
      console.log(`  ${kind.padEnd(34)} ${calls} times, ${((100 * ms) / whole).toFixed(1)} %`);
    await compare(imported, inserted, copied);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** The same rows of `message` into two empty stores, with their indexes. */
async function compare(from: string, inserted: string, copied: string): Promise<void> {
  for (const database of [inserted, copied]) await (await openStore({ directory: '.', database })).close();
  const source = new pg.Client({ connectionString: from });
  const target = new pg.Client({ connectionString: inserted });
  await source.connect();
  await target.connect();
  const { rows } = await source.query<Record<string, unknown>>('select * from message order by id');
  const names = Object.keys(rows[0] ?? {});
  let began = performance.now();
  for (let at = 0; at < rows.length; at += ROWS) {
    const part = rows.slice(at, at + ROWS);
    const marks = part.map((_, row) => `(${names.map((_name, n) => `$${row * names.length + n + 1}`).join(',')})`);
    const values = part.flatMap((row) => names.map((name) => row[name]));
    await target.query(`insert into message (${names.join(',')}) values ${marks.join(',')}`, values);
  }
  const insert = performance.now() - began;
  const out = await piped(['psql', from, '-c', 'copy message to stdout'], Buffer.alloc(0));
  began = performance.now();
  await piped(['psql', copied, '-c', 'copy message from stdin'], out);
  const copy = performance.now() - began;
  await source.end();
  await target.end();
  console.log(
    `rows of ${rows.length} mails: inserts of ${ROWS} rows ${insert.toFixed(0)} ms, COPY ${copy.toFixed(0)} ms`,
  );
}

async function piped([program = '', ...words]: readonly string[], input: Buffer): Promise<Buffer> {
  const child = spawn(program, words, { stdio: ['pipe', 'pipe', 'inherit'] });
  const parts: Buffer[] = [];
  child.stdout.on('data', (part: Buffer) => parts.push(part));
  child.stdin.end(input);
  await once(child, 'close');
  return Buffer.concat(parts);
}
