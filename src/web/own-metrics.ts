import type { Hono } from 'hono';
import { routePath } from 'hono/route';
import { Gauge, Histogram } from 'prom-client';
import { healthOf } from './health.ts';
import type { WebOptions } from './options.ts';

/** What the web surface itself measures: each answer by its route (never by its address, of which there is no end), and the health. */
export function addOwnMetrics(app: Hono, options: Pick<WebOptions, 'metrics' | 'health' | 'log'>): void {
  const registers = [options.metrics];
  const seconds = new Histogram({
    name: 'patchloom_http_seconds',
    help: 'Time to answer a request, by route and status.',
    labelNames: ['route', 'status'],
    buckets: [0.005, 0.02, 0.05, 0.1, 0.5, 2],
    registers,
  });
  const healthy = new Gauge({
    name: 'patchloom_healthy',
    help: 'Each check of /healthz: 1 where it is well, 0 where not.',
    labelNames: ['check'],
    registers,
    async collect() {
      const { checks } = await healthOf(options);
      healthy.reset();
      for (const { name, ok } of checks) healthy.set({ check: name }, ok ? 1 : 0);
    },
  });
  app.use(async (c, next) => {
    const stop = seconds.startTimer();
    await next();
    stop({ route: routePath(c, -1), status: c.res.status });
  });
}
