import { createHash } from 'node:crypto';
import { type Attributes, ROOT_CONTEXT, SpanKind, SpanStatusCode, TraceFlags, trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, type SpanExporter, TracerProvider } from '@opentelemetry/sdk-trace';
import type { Observer, Span } from '../handlers/context.ts';
import type { Db } from './store/schema.ts';
import type { SeriesKey } from './store/series.ts';
import { seriesMails } from './store/series-mails.ts';
import { describeError } from './util/errors.ts';
import type { Log } from './util/log.ts';

export interface TracingOptions {
  /** Where spans go; OTLP over HTTP to `url` by default. */
  readonly exporter?: SpanExporter;
  /** Root of an OTLP receiver, `http://127.0.0.1:4318`. */
  readonly url: string;
  readonly version: string;
  readonly log: Log;
}

/** Tells a receiver of traces what happens. */
export interface Tracing {
  observer(db: Db): Observer;
  /** Sends what has not been sent. */
  close(): Promise<void>;
}

/**
 * One trace a mail, through all stages and in whatever process they run: its id is made of the Message-ID, so nothing has to be handed on.
 * What is done for a series stands in the trace of each of its mails.
 */
export function openTracing({ url, version, log, exporter }: TracingOptions): Tracing {
  const out = exporter ?? new OTLPTraceExporter({ url: `${url.replace(/\/$/, '')}/v1/traces` });
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'patchloom', 'service.version': version }),
    spanProcessors: [new BatchSpanProcessor({ exporter: out })],
  });
  const tracer = provider.getTracer('patchloom');
  const tell = (msgid: string, name: string, kind: SpanKind, span: Span, attributes: Attributes): void => {
    const told = tracer.startSpan(name, { kind, startTime: span.started, attributes }, traceOf(msgid));
    if (span.fault !== null) told.setStatus({ code: SpanStatusCode.ERROR, message: span.fault });
    told.end(span.ended);
  };
  return {
    observer: (db) => ({
      stored: (msgids, span) => {
        for (const msgid of msgids) tell(msgid, 'store', SpanKind.CONSUMER, span, { 'mail.msgid': msgid });
      },
      worked: ({ kind, payload }, span) => {
        void mailsOf(db, payload).then(
          (mails) => {
            for (const msgid of mails)
              tell(msgid, kind, SpanKind.INTERNAL, span, { 'mail.msgid': msgid, ...plain(payload) });
          },
          (error: unknown) => log.warn({ job: kind }, `no trace: ${describeError(error)}`),
        );
      },
      sent: ({ message, project, kind, created, sentAt }) => {
        const span = { started: created, ended: sentAt ?? created, fault: null };
        const about = message.inReplyTo ?? message.msgid;
        tell(about, 'send', SpanKind.PRODUCER, span, { 'mail.msgid': message.msgid, project, kind });
      },
    }),
    close: async () => {
      await provider.shutdown().catch((error: unknown) => log.warn(`traces not sent: ${describeError(error)}`));
    },
  };
}

/** The mails that a job is about: those of its series, or the one it names; of upstream news there are none. */
async function mailsOf(db: Db, payload: unknown): Promise<readonly string[]> {
  const { project, key, msgid } = (payload ?? {}) as Partial<SeriesKey> & { msgid?: string };
  if (typeof msgid === 'string') return [msgid];
  return typeof project === 'string' && typeof key === 'string' ? seriesMails(db, project, key) : [];
}

function plain(payload: unknown): Attributes {
  const entries = Object.entries((payload ?? {}) as Record<string, unknown>);
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}

/** The trace of a mail: 16 bytes of the hash of its Message-ID, under a root that nobody has to have seen. */
function traceOf(msgid: string): typeof ROOT_CONTEXT {
  const hash = createHash('sha256').update(msgid).digest('hex');
  const root = {
    traceId: hash.slice(0, 32),
    spanId: hash.slice(32, 48),
    traceFlags: TraceFlags.SAMPLED,
    isRemote: true,
  };
  return trace.setSpanContext(ROOT_CONTEXT, root);
}
