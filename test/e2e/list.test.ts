import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import nodemailer from 'nodemailer';
import type { Config } from '../../config/config.ts';
import { loadConfig } from '../../config/loader.ts';
import { presetPath } from '../../config/preset.ts';
import { readMail } from '../../handlers/read-mail.ts';
import { parseMessage } from '../../src/mail/parse.ts';
import { runService } from '../../src/service.ts';
import { mboxSource } from '../../src/source/mbox.ts';
import { silentLog } from '../../src/util/log.ts';
import { corpusPath, requiresCorpus } from '../helpers/corpus.ts';
import { startDovecot } from '../helpers/dovecot.ts';
import { type Exim, startExim } from '../helpers/exim.ts';
import { gitRepo } from '../helpers/git-repo.ts';
import { preimageOf } from '../helpers/preimage.ts';
import { requires } from '../helpers/requires.ts';
import { newDatabase } from '../helpers/store-test.ts';
import { tempDir } from '../helpers/temp-dir.ts';

const LIST = 'xen-devel@lists.test';
const BOT = 'bot@lists.test';
const needs = {
  ...requires('dovecot'),
  ...requires('exim4'),
  ...requires('mlmmj-receive'),
  ...requires('bwrap'),
  ...requiresCorpus('xen-dev'),
};

for (const engine of ['SQLite', 'PostgreSQL'] as const) {
  test(`a thread of xen-devel goes over a real list into the bot, and its answer comes back over the list under the cover (${engine})`, {
    ...needs,
    ...(engine === 'PostgreSQL' ? requires('postgres') : {}),
  }, async (t) => {
    const thread = await threadOf('libxs-cloexec');
    await using repo = await gitRepo();
    repo.commit(preimageOf(await diffsOf(thread)), 'stand-in for xen.git');
    await using exim = await startExim({ lists: { 'xen-devel': [BOT] } });
    await using dovecot = await startDovecot({ maildir: exim.maildir });
    const published = repo.bare();
    const servers = { imap: dovecot.port, smtp: exim.port, upstream: repo.bare(), published };
    const database = engine === 'PostgreSQL' ? await newDatabase() : null;
    const config = { ...configFor(tempDir(t), servers), database };
    const stop = new AbortController();
    const service = runService(config, { log: silentLog, signal: stop.signal });
    try {
      await sleep(300);
      for (const raw of thread) await post(exim, raw);
      const answer = await answerOn(exim, t);

      const cover = await parseMessage(thread[0] ?? Buffer.alloc(0));
      assert.equal(answer.inReplyTo, cover.msgid, 'answers the cover');
      assert.deepEqual(answer.references, [cover.msgid]);
      assert.deepEqual(answer.listIds, ['xen-devel.lists.test'], 'it came by the list');
      assert.match(answer.subject, /^Re: \[PATCH for-4\.19\(\?\) 0\/3\] tools\/libxs/);
      assert.match(answer.text, /every patch of it passes/);
      assert.ok(answer.automatic, 'no program answers it');
      const refs = repo.git('--git-dir', published, 'for-each-ref', '--format=%(refname)', 'refs/heads/patchloom');
      // Where the tags come after the series was applied, there is a second branch with them.
      const [ref = ''] = refs.split('\n');
      assert.equal(ref, 'refs/heads/patchloom/xen/2024/tools-libxs-more-cloexec-fixes/v1');
      assert.match(
        repo.git('--git-dir', published, 'log', '-1', '--format=%an %s', ref),
        /^Andrew Cooper tools\/libxs/,
      );
    } finally {
      stop.abort();
      await service;
    }
  });
}

async function threadOf(name: string): Promise<Buffer[]> {
  const mails: Buffer[] = [];
  const source = mboxSource(corpusPath(`xen-dev/${name}.mbox`));
  for await (const { raw } of source.read(null, new AbortController().signal)) mails.push(Buffer.from(raw));
  return mails;
}

async function diffsOf(thread: readonly Buffer[]): Promise<string[]> {
  const read = await Promise.all(thread.map((raw) => readMail(raw)));
  return read.flatMap(({ patch }) => (patch === null ? [] : [patch.diff]));
}

/** The configuration for Xen with its servers here, live, and one job that looks at the tree. */
function configFor(data: string, at: { imap: number; smtp: number; upstream: string; published: string }): Config {
  const base = loadConfig(presetPath('xen'), {}, { data });
  const [xen] = base.projects;
  assert.ok(xen?.git);
  const job = { name: 'tree', run: 'test -s tools/libs/store/xs.c', paths: [], timeout: 30 };
  return {
    ...base,
    web: null,
    bot: { ...base.bot, name: 'patchloom', email: BOT },
    limits: { ...base.limits, actWithinDays: 36_500 },
    sources: [
      {
        kind: 'imap',
        name: 'list',
        host: '127.0.0.1',
        port: at.imap,
        tls: false,
        user: 'bot',
        password: 'secret',
        folders: ['INBOX'],
      },
    ],
    smtp: { host: '127.0.0.1', port: at.smtp, security: 'none', user: 'bot', password: 'secret', dkim: null },
    projects: [
      {
        ...xen,
        lists: [LIST],
        mode: 'live',
        git: { ...xen.git, upstream: at.upstream, publish: [at.published], branch: 'main' },
        build: { ...xen.build, gate: 'always', jobs: [job] },
        report: { ...xen.report, success: true },
      },
    ],
  };
}

/** Posts a mail to the list as its author would; headers that another list has put on it stay. */
async function post(exim: Exim, raw: Buffer): Promise<void> {
  const transport = nodemailer.createTransport({ host: exim.host, port: exim.port, secure: false, ignoreTLS: true });
  await transport.sendMail({ envelope: { from: 'author@example.org', to: LIST }, raw: withoutListHeaders(raw) });
  transport.close();
}

function withoutListHeaders(raw: Buffer): Buffer {
  const text = raw.toString('latin1');
  const end = text.indexOf('\n\n');
  const head = text
    .slice(0, end)
    .replace(/^(?:List-[A-Za-z]+|Precedence|Sender|Errors-To|X-BeenThere):.*\n(?:[ \t].*\n)*/gim, '');
  return Buffer.from(head.replace(/xen-devel@lists\.xen(?:project)?\.org/g, LIST) + text.slice(end), 'latin1');
}

/** The first mail of the bot in the subscriber's mailbox. */
async function answerOn(exim: Exim, t: TestContext) {
  const until = Date.now() + 120_000;
  while (Date.now() < until) {
    for (const mail of await exim.mails()) {
      const message = await parseMessage(Buffer.from(mail, 'latin1'));
      if (message.from.email === BOT) return message;
    }
    await sleep(100);
  }
  t.diagnostic(await exim.log());
  t.diagnostic(readFileSync(join(exim.directory, 'mainlog'), 'utf8').slice(-2_000));
  assert.fail('no answer came over the list within two minutes');
}
