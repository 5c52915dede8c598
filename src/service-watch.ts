import type { Observer, Span } from '../handlers/context.ts';
import type { Bot } from './bot.ts';
import type { Tracing } from './tracing.ts';
import { programVersion } from './version.ts';
import type { Metrics } from './web/metrics.ts';

/** Who watches a service. The bot wants its observer before there is a store, and those who watch want the store: they join later. */
export interface ServiceWatch {
  readonly observer: Observer;
  meter(metrics: Metrics): void;
  /** Sends traces to an OTLP receiver from now on. The caller closes what it gets. */
  trace(url: string, bot: Pick<Bot, 'store' | 'log'>): Promise<Tracing>;
}

/** Tells everybody who has joined. */
export function serviceWatch(): ServiceWatch {
  const watchers: Observer[] = [];
  return {
    observer: {
      stored: (...all) => watchers.forEach((one) => one.stored?.(...all)),
      worked: (...all) => watchers.forEach((one) => one.worked?.(...all)),
      build: (...all) => watchers.forEach((one) => one.build?.(...all)),
      checked: (...all) => watchers.forEach((one) => one.checked?.(...all)),
      sent: (...all) => watchers.forEach((one) => one.sent?.(...all)),
      unsent: (...all) => watchers.forEach((one) => one.unsent?.(...all)),
    },
    meter: (metrics) => void watchers.push(countsOf(metrics)),
    trace: async (url, { store, log }) => {
      // A hundred modules that few installations need.
      const { openTracing } = await import('./tracing.ts');
      const tracing = openTracing({ url, version: programVersion(), log });
      watchers.push(tracing.observer(store.db));
      return tracing;
    },
  };
}

function countsOf(metrics: Metrics): Observer {
  const seconds = ({ started, ended }: Span): number => (ended - started) / 1000;
  return {
    stored: (_msgids, span) => metrics.intakeSeconds.observe(seconds(span)),
    worked: ({ kind }, span) =>
      metrics.jobSeconds.observe({ kind, result: span.fault === null ? 'done' : 'failed' }, seconds(span)),
    checked: ({ project }, { state }) => metrics.runsFinished.inc({ project, state }),
    sent: ({ project, kind }) => metrics.mailsSent.inc({ project, kind }),
    unsent: ({ project }, result) => metrics.sendFailures.inc({ project, result }),
  };
}
