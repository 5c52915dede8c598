import { verdictOf } from '../src/ci/verdict.ts';
import { checksOf } from '../src/store/checks.ts';
import { mirrorOf } from '../src/store/mirrors.ts';
import { outgoingOf } from '../src/store/outbox.ts';
import { seriesByKey, type SeriesKey } from '../src/store/series.ts';
import type { Context } from './context.ts';
import { pageAddress } from './page-address.ts';
import type { Keep } from './stage.ts';

/** The job that writes on the tip of a series how it stands, where its CI can show that. */
export function noteJob({ project, key }: SeriesKey) {
  return { kind: 'note', key: `${project} ${key}`, payload: { project, key } } as const;
}

const TITLES = {
  success: 'every build-test passes',
  warning: 'the build-tests have warnings',
  fail: 'a build-test fails',
  infrastructure: 'no build-test has ended',
} as const;

/** Readiness and report of a series, on its last commit. Without effect where the CI has no place for it. */
export async function commitNoted(context: Context, of: SeriesKey): Promise<Keep> {
  const { db } = context.store;
  const stored = await seriesByKey(db, of.project, of.key);
  const tip = (await mirrorOf(db, of.project, of.key))?.result.tip ?? null;
  const runner = await context.runnerOf(of.project);
  if (stored === null || tip === null || runner.tell === undefined) return async () => {};
  const { series, readiness } = stored;
  const { state } = verdictOf(await checksOf(db, of.project, of.key), series.patches);
  const said = (await outgoingOf(db, of.project, of.key)).map((mail) => `${mail.outcome} (${mail.state})`);
  await runner.tell({
    commit: tip,
    conclusion: state === 'fail' ? 'failure' : state === 'success' ? 'success' : 'neutral',
    title: `${TITLES[state]}; check-in: ${readiness.state}`,
    missing: readiness.missing,
    said,
    page: pageAddress(context.config, `/change/${series.change}`),
  });
  return async () => {};
}
