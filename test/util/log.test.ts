import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import { createLog } from '../../src/util/log.ts';

test('no secret reaches the log, by the name of its field, in what an error carries, or in a URL', () => {
  const stream = new PassThrough();
  const log = createLog('info', stream);
  log.info({ password: 'geheim-1', smtp: { pass: 'geheim-2' } }, 'connects');
  log.info({ config: { smtp: { password: 'geheim-3' }, github: { privateKey: 'geheim-4' } } }, 'configured');
  const request = { headers: { authorization: 'token geheim-5' } };
  log.error({ err: Object.assign(new Error('https://ann:geheim-6@git.example.org/x: no'), { request }) }, 'refused');
  log.warn({ store: 'postgres://u:geheim-7@db/n' }, 'cannot read ssh://bot:geheim-8@host/x.git: timeout');
  const text = String(stream.read());
  assert.doesNotMatch(text, /geheim/);
  assert.match(text, /https:\/\/ann:\[secret\]@git\.example\.org\/x: no/);
  assert.equal(
    text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as object).length,
    4,
  );
});

test('a line without a secret is left as it is', () => {
  const stream = new PassThrough();
  const words = 'http://127.0.0.1:8080: "<a@b>" on https://x.example.org/a:b@c, ratio 1:2@3';
  createLog('info', stream).info({ mail: '<a:b@example.org>' }, words);
  const line = JSON.parse(String(stream.read())) as { msg: string; mail: string };
  assert.deepEqual([line.msg, line.mail], [words, '<a:b@example.org>']);
});
