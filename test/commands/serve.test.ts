import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { cli, startCli } from '../helpers/cli.ts';
import { madeMbox } from '../helpers/made-list.ts';
import { freePort } from '../helpers/server.ts';
import { tempDir } from '../helpers/temp-dir.ts';

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  test(`serve reads its source, answers health and metrics, and ends in order on ${signal}`, async (t) => {
    const directory = tempDir(t);
    const port = await freePort();
    const file = join(directory, 'patchloom.yaml');
    const data = join(directory, 'data');
    writeFileSync(join(directory, 'list.mbox'), madeMbox(2));
    writeFileSync(
      file,
      `data: ${data}\nbot: {name: bot, email: bot@example.org}\nsources: [{name: list, mbox: {path: ${join(directory, 'list.mbox')}}}]\nweb: {listen: "127.0.0.1:${port}"}\nprojects: {demo: {fallback: true}}\n`,
    );
    const child = startCli(['serve', '--config', file]);
    t.after(() => child.kill('SIGKILL'));
    const lines: Record<string, unknown>[] = [];
    if (child.stdout === null || child.stderr === null) throw new Error('no pipes');
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => lines.push(JSON.parse(line) as Record<string, unknown>));
    }
    const url = `http://127.0.0.1:${port}`;
    await until(async () => lines.some((line) => line['msg'] === 'serving'));
    const health = await fetch(`${url}/healthz`);
    assert.equal(health.status, 200);
    const metrics = async (): Promise<string> => (await fetch(`${url}/metrics`)).text();
    await until(async () => (await metrics()).includes('patchloom_messages 14'));
    assert.ok((await (await fetch(url)).text()).includes('part 0 of work 1'));
    const { checks } = (await (await fetch(`${url}/healthz`)).json()) as { checks: { name: string; detail: string }[] };
    assert.match(checks.find(({ name }) => name === 'mail of list')?.detail ?? '', /^the last came 1 min ago$/);
    assert.equal((await fetch(`${url}/readyz`)).status, 200);
    child.kill(signal);
    const [code] = (await once(child, 'exit')) as [number | null];
    assert.equal(code, 0);
    assert.equal(lines.at(-1)?.['msg'], 'stopped');
    const stored = lines.filter((line) => typeof line['mail'] === 'string');
    assert.equal(new Set(stored.map((line) => line['mail'])).size, 14, 'a line a mail, with its id');
    assert.equal((await cli('series', '--json', '--data', data)).out.trim().split('\n').length, 2);
  });
}

test('a process without pages tells what it alone has counted, where it is asked to', async (t) => {
  const directory = tempDir(t);
  const [pages, port] = [await freePort(), await freePort()];
  const file = join(directory, 'patchloom.yaml');
  writeFileSync(join(directory, 'list.mbox'), madeMbox(2));
  writeFileSync(
    file,
    `data: ${join(directory, 'data')}\nbot: {email: bot@example.org}\nsources: [{name: list, mbox: {path: ${join(directory, 'list.mbox')}}}]\nweb: {listen: "127.0.0.1:${pages}"}\nprojects: {demo: {fallback: true}}\n`,
  );
  const child = startCli(['serve', '--config', file, '--role', 'intake', '--metrics', `127.0.0.1:${port}`]);
  t.after(() => child.kill('SIGKILL'));
  const ask = (path: string) => fetch(`http://127.0.0.1:${port}${path}`).catch(() => null);
  await until(async () => (await (await ask('/metrics'))?.text())?.includes('stored_total{source="list"} 14') ?? false);
  assert.deepEqual([(await ask('/healthz'))?.status, (await ask('/readyz'))?.status], [200, 200]);
  assert.equal((await ask('/'))?.status, 404, 'there are no pages');
  const refused = await cli('serve', '--config', file, '--metrics', '127.0.0.1:1');
  assert.deepEqual([refused.code, /web\.listen/.test(refused.err)], [2, true]);
  assert.equal((await cli('serve', '--config', file, '--role', 'worker', '--metrics', 'everywhere')).code, 2);
});

/** Waits for a thing to become true, a minute at most. */
async function until(isTrue: () => Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + 60_000; !(await isTrue()); await sleep(20)) {
    assert.ok(Date.now() < deadline, 'it did not happen');
  }
}
