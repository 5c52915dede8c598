import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { type TestContext, test } from 'node:test';
import type { WebhookConfig } from '../../config/config.ts';
import { loadConfig } from '../../config/loader.ts';
import { presetPath } from '../../config/preset.ts';
import { messagesArrived } from '../../handlers/message-arrived.ts';
import { tellNextEvent } from '../../handlers/tell-event.ts';
import { openBot } from '../../src/bot.ts';
import { silentLog } from '../../src/util/log.ts';
import { tempDir } from '../helpers/temp-dir.ts';
import { patchMail } from '../sink/speaking-case.ts';

interface Told {
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

/** A program that is told, on loopback, and a bot that tells it. `answers` are the statuses of its next answers; 204 after them. */
async function told(t: TestContext, wish: Partial<WebhookConfig> = {}) {
  const heard: Told[] = [];
  const answers: number[] = [];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const status = answers.shift() ?? 204;
      if (status === 204) heard.push({ headers: request.headers, body });
      response.writeHead(status, { Location: 'http://127.0.0.1:1/elsewhere' }).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
  const hook: WebhookConfig = { name: 'chat', url, secret: 'shh', projects: [], events: [], ...wish };
  const config = loadConfig(presetPath('default'), {}, { data: tempDir(t) });
  const bot = await openBot(config, { log: silentLog });
  t.after(() => bot[Symbol.asyncDispose]());
  const arrive = (number: number) =>
    messagesArrived(bot, [{ raw: Buffer.from(patchMail(number)), label: 'test' }], { act: false });
  const tellAll = async (): Promise<string | null> => {
    for (;;) {
      const result = await tellNextEvent(bot, hook);
      if (result === 'nothing') return null;
      if (result !== 'told') return result.fault;
    }
  };
  const events = () =>
    heard.map(({ body }) => JSON.parse(body) as { id: number; event: string; mail: { msgid: string } | null });
  return { hook, heard, answers, arrive, tellAll, events };
}

test('what happens is posted in its order, signed, with the mail that it is about', async (t) => {
  const its = await told(t);
  await its.tellAll();
  await its.arrive(1);
  assert.equal(await its.tellAll(), null);
  assert.deepEqual(
    its.events().map(({ event }) => event),
    ['patch-created', 'series-created', 'series-completed'],
  );
  assert.equal(its.events()[0]?.mail?.msgid, '<p1@example.org>');
  for (const { headers, body } of its.heard) {
    const signature = `sha256=${createHmac('sha256', 'shh').update(body).digest('hex')}`;
    assert.equal(headers['x-patchloom-signature-256'], signature);
    assert.equal(headers['x-patchloom-event'], (JSON.parse(body) as { event: string }).event);
    assert.equal(headers['x-patchloom-delivery'], String((JSON.parse(body) as { id: number }).id));
  }
});

test('who does not answer, or sends elsewhere, is told again later, and misses nothing', async (t) => {
  const its = await told(t);
  await its.tellAll();
  await its.arrive(1);
  its.answers.push(500, 302, 204, 503);
  assert.equal(await its.tellAll(), 'answered 500');
  assert.equal(await its.tellAll(), 'answered 302');
  assert.equal(await its.tellAll(), 'answered 503');
  assert.equal(its.heard.length, 1);
  assert.equal(await its.tellAll(), null);
  const ids = its.events().map(({ id }) => id);
  assert.deepEqual([ids.length, ids], [3, ids.toSorted((one, other) => one - other)]);
});

test('a new program is told from now on, and only of what it wants', async (t) => {
  const its = await told(t, { events: ['series-completed'] });
  await its.arrive(1);
  await its.tellAll();
  await its.arrive(2);
  await its.tellAll();
  assert.deepEqual(
    its.events().map(({ event }) => event),
    ['series-completed'],
  );
  const other = await told(t, { projects: ['another'] });
  await other.tellAll();
  await other.arrive(1);
  await other.tellAll();
  assert.deepEqual(other.heard, []);
});
