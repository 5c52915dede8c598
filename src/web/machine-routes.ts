import { Hono } from 'hono';
import { healthOf, isReadable } from './health.ts';
import type { WebOptions } from './options.ts';
import { addOwnMetrics } from './own-metrics.ts';
import { onlyReading, securityHeaders } from './security.ts';

type MachineOptions = Pick<WebOptions, 'store' | 'metrics' | 'health' | 'log'>;

/** What a process without pages answers: counters are kept by the process that counts, and nobody else can tell them. */
export function createMachineApp(options: MachineOptions): Hono {
  const app = new Hono();
  addOwnMetrics(app, options);
  app.use(securityHeaders, onlyReading);
  addMachineRoutes(app, options);
  return app;
}

/** `/healthz`, `/readyz` and `/metrics`. */
export function addMachineRoutes(app: Hono, options: MachineOptions): void {
  const { store } = options;
  app.get('/healthz', async (c) => {
    const health = await healthOf(options);
    const ok = health.checks.every((check) => check.ok);
    const body = { status: ok ? 'ok' : 'failing', checks: health.checks };
    return c.json(body, ok ? 200 : 503, { 'Cache-Control': 'no-store' });
  });
  // Whether requests can be answered: for whoever shares them out. Whether the bot does its work is /healthz.
  app.get('/readyz', async (c) => {
    const ready = await isReadable(store);
    return c.json({ status: ready ? 'ready' : 'not ready' }, ready ? 200 : 503, { 'Cache-Control': 'no-store' });
  });
  app.get('/metrics', async (c) => {
    const headers = { 'Content-Type': options.metrics.contentType, 'Cache-Control': 'no-store' };
    return c.body(await options.metrics.metrics(), 200, headers);
  });
}
