import assert from 'node:assert/strict';
import type { Disposition, Series } from '../../src/series/series.ts';
import type { Derived } from './digests.ts';
import { msgid } from './mail-text.ts';

/** Each series as `v2.1 held p1 p3 - 2`: version, state, its patches, and what is missing. */
export function shape(series: readonly Series[]): string[] {
  return series.map(({ version, revision, state, patches, missing }) => {
    const ids = patches.map((patch) => patch.msgid.slice(1, -'@example.org>'.length));
    const holes = missing.length === 0 ? [] : ['-', ...missing];
    return [`v${version}${revision > 0 ? `.${revision}` : ''}`, state, ...ids, ...holes].join(' ');
  });
}

export function dispositionOf(derived: Derived, id: string): Disposition {
  const found = derived.dispositions.find((one) => one.msgid === msgid(id));
  assert.ok(found !== undefined, id);
  return found;
}
