import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { test } from 'node:test';
import { messagesArrived } from '../../handlers/message-arrived.ts';
import { openBot, STAGES } from '../../src/bot.ts';
import { openTracing } from '../../src/tracing.ts';
import { silentLog } from '../../src/util/log.ts';
import { drain } from '../../src/worker.ts';
import { speakingConfig, storeConflicts } from '../sink/speaking-case.ts';
import { tempDir } from '../helpers/temp-dir.ts';

interface Told {
  readonly traceId: string;
  readonly parentSpanId: string;
  readonly name: string;
  readonly status: { readonly code?: number };
}

/** A receiver of OTLP as JSON, on loopback. */
async function receiver(): Promise<{ url: string; told: Told[] } & AsyncDisposable> {
  const told: Told[] = [];
  const server = createServer((request, response) => {
    assert.equal(request.url, '/v1/traces');
    void json(request).then((body) => {
      const { resourceSpans } = body as { resourceSpans: { scopeSpans: { spans: Told[] }[] }[] };
      told.push(...resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans)));
      response.end('{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, told, [Symbol.asyncDispose]: async () => void server.close() };
}

test('all stages of a mail stand in one trace, though each process has its own tracer', async (t) => {
  await using collector = await receiver();
  const config = speakingConfig(tempDir(t), 1);
  const options = { url: collector.url, version: '1', log: silentLog };
  {
    const intake = openTracing(options);
    await using bot = await openBot(config, { log: silentLog });
    const context = { ...bot, observer: intake.observer(bot.store.db) };
    const raw = Buffer.from('Message-ID: <talk@example.org>\nSubject: hello\n\nhello\n');
    await messagesArrived(context, [{ raw, label: 'test' }], { act: false });
    await storeConflicts(config, 1);
    await intake.close();
  }
  const worker = openTracing(options);
  await using bot = await openBot(config, { log: silentLog });
  const observer = worker.observer(bot.store.db);
  observer.stored?.(['<p0@example.org>'], { started: 1, ended: 2, fault: null });
  await drain({ ...bot, observer }, { report: STAGES.report });
  observer.worked?.(
    { kind: 'mirror', payload: { msgid: '<p0@example.org>' } },
    { started: 3, ended: 4, fault: 'no room' },
  );
  await new Promise((resolve) => setImmediate(resolve));
  await worker.close();
  const traces = Map.groupBy(collector.told, ({ traceId }) => traceId);
  assert.equal(traces.size, 2, 'a trace a mail');
  const names = [...traces.values()].map((spans) =>
    spans
      .map(({ name }) => name)
      .toSorted()
      .join(' '),
  );
  assert.deepEqual(names.toSorted(), ['mirror report store', 'store']);
  assert.deepEqual(
    collector.told.filter(({ status }) => status.code === 2).map(({ name }) => name),
    ['mirror'],
  );
});
