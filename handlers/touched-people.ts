import type { MaintainersOptions } from '../src/review/maintainers-conf.ts';
import { type Recipient, recipientsFor } from '../src/review/maintainers-list.ts';
import type { Series } from '../src/series/series.ts';
import { type Context, projectOf } from './context.ts';
import { treeFor } from './judge.ts';

/**
 * Maintainers of the files that a series touches: whom get_maintainer.pl names by MAINTAINERS of its branch as last read. Empty where the
 * tree has no such file, or was never read.
 */
export async function maintainersOf(context: Context, series: Series): Promise<readonly Recipient[]> {
  return maintainersBy(context, series, {});
}

/** Every address that MAINTAINERS and .mailmap give to those maintainers, lower case. */
export async function maintainerAddresses(context: Context, series: Series): Promise<readonly string[]> {
  const written = await maintainersBy(context, series, { mailmap: false, removeDuplicates: false });
  const mapped = await maintainersBy(context, series, { mailmap: true, removeDuplicates: false });
  return [...written, ...mapped].map(({ email }) => email.toLowerCase());
}

async function maintainersBy(
  context: Context,
  series: Series,
  options: Partial<MaintainersOptions>,
): Promise<readonly Recipient[]> {
  const tree = await treeFor(context.store.db, projectOf(context, series.project), series.target);
  if (tree?.maintainers == null) return [];
  const { maintainers, conf, mailmap } = tree;
  const question = { paths: series.patches.flatMap(({ paths }) => paths), lines: [] };
  const only = { maintainers: true, reviewers: false, lists: false };
  return recipientsFor(maintainers, question, { ...conf.options, ...only, ...options }, mailmap);
}
