import { createHash } from 'node:crypto';
import { PatchloomError } from '../util/errors.ts';
import { gitText, runGit } from './git.ts';
import { gitWords } from './git-words.ts';
import type { Base, MirrorRequest } from './mirror.ts';
import { slugOf } from './slug.ts';

/** What people see and what is pushed. */
export const PUBLIC = 'refs/heads/patchloom/';

/** One hidden ref for each (series, base, content) that was applied. It is how a series knows its refs again; never pushed. */
const RECORDS = 'refs/patchloom/applied/';

const ATTEMPTS = 10;

/** A series on a base, as the repository remembers it. */
export interface AppliedRef {
  readonly ref: string;
  readonly tip: string;
}

/** The ref that these patches on this base have already, or null. Messages do not count: later tags rewrite nothing (law 6). */
export async function findRecord(repository: string, request: MirrorRequest, base: Base): Promise<AppliedRef | null> {
  const record = recordName(request, base);
  const [tip] = [...(await listRefs(repository, [record])).values()];
  if (tip === undefined) return null;
  const names = await listRefs(repository, [`--points-at=${tip}`, projectPrefix(request.project)]);
  const [ref] = [...names.keys()].sort();
  return ref === undefined ? null : { ref, tip };
}

/**
 * Gives `tip` a name that nobody has yet; the name depends only on the request and on the refs that exist. Names that exist
 * are never moved. git creates name and record in one transaction or neither, so of two processes at the same work one
 * fails and then finds what the other has made.
 * @throws PatchloomError GIT_FAILED
 */
export async function createRef(repository: string, request: MirrorRequest, base: Base, tip: string): Promise<string> {
  const record = recordName(request, base);
  let words = '';
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const known = await listRefs(repository, [...directoriesOf(request), recordsOf(request)]);
    // Looked up after `known`: another process may have done the same work since this one looked first.
    const found = known.has(record) ? await findRecord(repository, request, base) : null;
    if (found) return found.ref;
    const ref = freeName(request, known, tip);
    const wanted = [ref, record].filter((name) => !known.has(name));
    const commands = wanted.map((name) => `create ${name} ${tip}\n`).join('');
    const result = await runGit(repository, ['update-ref', '--stdin'], { input: commands });
    if (result.code === 0) return ref;
    words = gitWords(result, [repository]);
  }
  throw new PatchloomError('GIT_FAILED', `the branch for ${request.msgid} could not be made: ${words}`);
}

/** `…/v3`, then `…/v3-2` for another base of the same series; with a part of the key where another series has the name. */
function freeName(request: MirrorRequest, known: ReadonlyMap<string, string>, tip: string): string {
  const records = recordsOf(request);
  const own = new Set([...known].filter(([name]) => name.startsWith(records)).map(([, tip]) => tip));
  const [plain, unique] = directoriesOf(request);
  const version = `v${request.version}${request.revision > 0 ? `.${request.revision}` : ''}`;
  let directory = plain;
  for (let number = 1; ; number++) {
    const name = `${directory}/${version}${number > 1 ? `-${number}` : ''}`;
    const taken = known.get(name);
    // Taken by these very commits: a kill came between name and record.
    if (taken === undefined || taken === tip) return name;
    if (directory === plain && !own.has(taken)) {
      directory = unique;
      number = 0;
    }
  }
}

function directoriesOf(request: MirrorRequest): readonly [string, string] {
  const plain = `${projectPrefix(request.project)}${yearOf(request.date)}/${slugOf(request.subject)}`;
  return [plain, `${plain}-${shortHash(request.key, 8)}`];
}

function projectPrefix(project: string): string {
  return `${PUBLIC}${project}/`;
}

function yearOf(date: string): string {
  return /^\d{4}/.exec(date)?.[0] ?? 'undated';
}

function recordsOf(request: MirrorRequest): string {
  return `${RECORDS}${shortHash(request.key, 16)}/`;
}

function recordName(request: MirrorRequest, base: Base): string {
  const content = request.patches.map((patch) => `${patch.msgid}\0${patch.diff}\0`).join('');
  return `${recordsOf(request)}${base.commit}/${shortHash(content, 16)}`;
}

function shortHash(text: string, digits: number): string {
  return createHash('sha256').update(text).digest('hex').slice(0, digits);
}

/** Refs that are one of the names in `args` or below one, with what they point at. */
async function listRefs(repository: string, args: readonly string[]): Promise<Map<string, string>> {
  const lines = await gitText(repository, ['for-each-ref', '--format=%(objectname) %(refname)', ...args]);
  return new Map(
    lines.split('\n').flatMap((line) => {
      const [, tip, name] = /^(\S+) (.+)$/.exec(line) ?? [];
      return tip === undefined || name === undefined ? [] : [[name, tip] as const];
    }),
  );
}
