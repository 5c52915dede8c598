import { type MaintainersQuestion, type Recipient, recipientsFor } from '../src/review/maintainers-list.ts';
import type { Series } from '../src/series/series.ts';
import { type Context, projectOf } from './context.ts';
import { treeFor } from './judge.ts';

/**
 * Maintainers of the files that a series touches, by MAINTAINERS of its branch as last read: those whom get_maintainer.pl names, each with the
 * addresses that the file and .mailmap give. Empty where the tree has no such file, or was never read.
 */
export async function maintainersOf(context: Context, series: Series): Promise<readonly Recipient[]> {
  const tree = await treeFor(context.store.db, projectOf(context, series.project), series.target);
  if (tree?.maintainers == null) return [];
  const { maintainers, conf, mailmap } = tree;
  const question: MaintainersQuestion = { paths: series.patches.flatMap(({ paths }) => paths), lines: [] };
  return [false, true].flatMap((mapped) => {
    const options = {
      ...conf.options,
      maintainers: true,
      reviewers: false,
      lists: false,
      mailmap: mapped,
      removeDuplicates: false,
    };
    return recipientsFor(maintainers, question, options, mailmap);
  });
}
