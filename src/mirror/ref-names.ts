import { createHash } from 'node:crypto';
import type { Base, MirrorRequest } from './mirror.ts';
import { slugOf } from './slug.ts';

/** What people see and what is pushed. */
export const PUBLIC = 'refs/heads/patchloom/';

/**
 * One ref more for each (series, base, content) that was applied, by Message-ID: how people find a mail's commits, and how a series
 * knows its refs again. Not below refs/heads: one branch a series is enough.
 */
export const BY_ID = 'refs/patchloom/by-id/';

/** Where the public refs of a series go: the plain place, and the one with a part of the key where another series has that. */
export function directoriesOf(request: MirrorRequest): readonly [string, string] {
  const year = /^\d{4}/.exec(request.date)?.[0] ?? 'undated';
  const plain = `${PUBLIC}${request.project}/${year}/${slugOf(request.subject)}`;
  return [plain, `${plain}-${shortHash(request.key, 8)}`];
}

/** `v3`, `v3.1`; `v3-2` for the second base of the same version. */
export function versionName(request: MirrorRequest, number: number): string {
  const version = `v${request.version}${request.revision > 0 ? `.${request.revision}` : ''}`;
  return number > 1 ? `${version}-${number}` : version;
}

/** Below this stand the refs by Message-ID of a series. What may not stand in a ref becomes `-`, and a hash keeps it unique. */
export function recordsOf(request: MirrorRequest): string {
  const msgid = request.msgid.replace(/^<|>$/g, '');
  const plain = /^[0-9A-Za-z_=+][0-9A-Za-z_=+.@-]{0,200}$/.test(msgid) && !/\.\.|\.@|[.]$|\.lock$/.test(msgid);
  const safe = plain ? msgid : `${msgid.replace(/[^0-9A-Za-z_]+/g, '-').slice(0, 100)}-${shortHash(msgid, 8)}`;
  return `${BY_ID}${request.project}/${safe}/`;
}

/** The record of these patches on this base. Messages do not count: later tags rewrite nothing (law 6). */
export function recordName(request: MirrorRequest, base: Base): string {
  const content = request.patches.map((patch) => `${patch.msgid}\0${patch.diff}\0`).join('');
  return `${recordsOf(request)}${base.commit.slice(0, 12)}-${shortHash(content, 8)}`;
}

function shortHash(text: string, digits: number): string {
  return createHash('sha256').update(text).digest('hex').slice(0, digits);
}
