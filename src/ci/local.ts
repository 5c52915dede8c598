import { mkdir } from 'node:fs/promises';
import { type CompilerCache, trimCache } from './compiler-cache.ts';
import type { Sandbox } from './run.ts';
import { runSeries, type SeriesRun } from './run-series.ts';
import type { Runner } from './runner.ts';
import { takeSlot } from './slot.ts';

export interface LocalOptions {
  readonly sandbox: Sandbox;
  /** The project's own place; its build directories are made below it. */
  readonly directory: string;
  /** Runs at the same time. */
  readonly places: number;
  readonly checkout: SeriesRun['checkout'];
  /** See SeriesRun. */
  readonly incremental: boolean;
  readonly cache: CompilerCache | null;
  readonly artifactBytes: number;
  readonly keepFile?: SeriesRun['keepFile'];
}

/** Runs build-tests on this machine. One call of `advance` runs all of a series; what an abort or a crash leaves is gone on with by the next. */
export function localRunner(options: LocalOptions): Runner {
  const { sandbox, checkout, incremental, cache, artifactBytes, keepFile } = options;
  return {
    pollMs: 0,
    advance: async (request) => {
      await mkdir(options.directory, { recursive: true });
      const slot = await takeSlot(options.directory, options.places, request.signal);
      try {
        const checks = await runSeries({
          ...request,
          sandbox,
          checkout,
          incremental,
          cache,
          artifactBytes,
          directory: slot.directory,
          ...(keepFile === undefined ? {} : { keepFile }),
        });
        return { checks, ended: true };
      } finally {
        if (cache !== null) await trimCache(cache);
        await slot.release();
      }
    },
    // Its signal is all that stops it.
    cancel: () => Promise.resolve(),
  };
}
