import type { PickResult } from '../mirror/upstream-pick.ts';
import type { BackportCandidate, BackportReason } from '../review/backports.ts';
import { oneLine } from './text.ts';

/** A candidate, and whether it applies. */
export interface BackportRow extends BackportCandidate {
  readonly applies: PickResult | null;
}

const APPLIES: Readonly<Record<PickResult, string>> = {
  clean: 'applies',
  merged: 'applies with a merge',
  conflict: 'does not apply',
};

function reasonText(reason: BackportReason): string {
  if (reason.kind === 'tag') return `Backport: ${reason.value}`;
  if (reason.kind === 'fixes') return `fixes ${reason.commit.slice(0, 12)}`;
  if (reason.kind === 'security') return reason.advisories.map((number) => `XSA-${number}`).join(', ');
  return `asked for by ${oneLine(reason.from.name === '' ? reason.from.email : reason.from.name, 60)} in ${oneLine(reason.msgid, 120)}`;
}

function rowText(row: BackportRow): string {
  const state = row.there === null ? APPLIES[row.applies ?? 'conflict'] : `there as ${row.there.slice(0, 12)}`;
  const reverted = row.reverted === null ? '' : `, reverted by ${row.reverted.slice(0, 12)}`;
  const head = `${row.commit.slice(0, 12)} ${row.committed.slice(0, 10)} ${oneLine(row.title, 100)}`;
  return `${head}\n    ${state}${reverted}; ${row.reasons.map(reasonText).join(', ')}\n`;
}

/** Candidates for people, oldest first. @param hidden how many the branch has already and are not shown */
export function backportsText(version: string, rows: readonly BackportRow[], hidden: number): string {
  const rest = hidden === 0 ? '' : `; ${hidden} more are there already`;
  return `${rows.length} candidates for ${version}${rest}\n${rows.map(rowText).join('')}`;
}
