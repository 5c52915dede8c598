import { PatchloomError } from '../util/errors.ts';
import { gitText } from './git.ts';
import type { Base, MirrorRequest, MirrorStep } from './mirror.ts';
import type { Objects } from './objects.ts';
import { directoriesOf, recordName, recordsOf, versionName } from './ref-names.ts';
import type { RefWriter } from './ref-writer.ts';

const ATTEMPTS = 10;
const MOST_BASES = 1000;
const STEPS: readonly MirrorStep[] = ['engine', 'merge', 'git-am'];

/** A series on a base, as the repository remembers it. */
export interface AppliedRef {
  readonly ref: string;
  readonly tip: string;
  readonly step: MirrorStep;
}

/** The refs of one repository: read through its objects' process, made through the writer. */
export interface Refs {
  readonly repository: string;
  readonly objects: Objects;
  readonly writer: RefWriter;
}

/** What a look at the refs gives, all in one question to git. */
export interface Look {
  /** The ref that these patches on this base have already, or null. */
  readonly known: AppliedRef | null;
  /** True where nobody has the first name that the series would get. */
  readonly free: boolean;
}

/** Looks whether a series has a ref on this base, and whether it could have its plain name. */
export async function lookAtRefs(refs: Refs, request: MirrorRequest, base: Base): Promise<Look> {
  const [known, taken] = await Promise.all([
    findRecord(refs, request, base),
    refs.objects.ref(plainName(request).name),
  ]);
  return { known, free: taken === null };
}

/** The ref that these patches on this base have already, or null. */
export async function findRecord(refs: Refs, request: MirrorRequest, base: Base): Promise<AppliedRef | null> {
  const record = recordName(request, base);
  const tips = await Promise.all(STEPS.map((step) => refs.objects.ref(`${record}/${step}`)));
  for (const [at, step] of STEPS.entries()) {
    const tip = tips[at];
    if (!tip) continue;
    for (const directory of directoriesOf(request)) {
      const ref = await nameWith(refs, request, directory, tip);
      if (ref !== null) return { ref, tip, step };
    }
  }
  return null;
}

/** The name in a directory that points at `tip`; names are given without gaps. */
async function nameWith(refs: Refs, request: MirrorRequest, directory: string, tip: string): Promise<string | null> {
  for (let number = 1; number <= MOST_BASES; number++) {
    const name = `${directory}/${versionName(request, number)}`;
    const there = await refs.objects.ref(name);
    if (there === tip) return name;
    if (there === null) return null;
  }
  return null;
}

/**
 * Gives `tip` a name that nobody has yet; the name depends only on the request and on the refs that exist. Names that exist
 * are never moved. git creates name and record in one transaction or neither, so of two processes at the same work one
 * fails and then finds what the other has made.
 * @param free the plain name was free a moment ago, and there was no record: git is asked for both without another look
 * @throws PatchloomError GIT_FAILED
 */
export async function createRef(
  refs: Refs,
  request: MirrorRequest,
  base: Base,
  tip: string,
  step: MirrorStep,
  free: boolean,
): Promise<string> {
  const record = `${recordName(request, base)}/${step}`;
  let words = '';
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const found = attempt === 0 ? null : await findRecord(refs, request, base);
    if (found) return found.ref;
    const { name, made } = free && attempt === 0 ? plainName(request) : await freeName(refs, request, tip);
    const all = [name, record];
    // At first no record is looked up: whoever calls has done that.
    const there = attempt > 0 || made ? await Promise.all(all.map((one) => refs.objects.ref(one))) : [];
    const wanted = all.filter((_, at) => !there[at]);
    const problem =
      wanted.length === 0 ? null : await refs.writer.create(wanted.map((one) => ({ name: one, commit: tip })));
    if (problem === null) return name;
    words = problem;
  }
  throw new PatchloomError('GIT_FAILED', `the branch for ${request.msgid} could not be made: ${words}`);
}

function plainName(request: MirrorRequest): { name: string; made: boolean } {
  return { name: `${directoriesOf(request)[0]}/${versionName(request, 1)}`, made: false };
}

/** `…/v3`, then `…/v3-2` for another base of the same series; with a part of the key where another series has the name. */
async function freeName(refs: Refs, request: MirrorRequest, tip: string): Promise<{ name: string; made: boolean }> {
  let own: ReadonlySet<string> | null = null;
  const [plain, unique] = directoriesOf(request);
  let directory = plain;
  for (let number = 1; number <= MOST_BASES; number++) {
    const name = `${directory}/${versionName(request, number)}`;
    const taken = await refs.objects.ref(name);
    // Taken by these very commits: a kill came between name and record.
    if (taken === null || taken === tip) return { name, made: taken !== null };
    own ??= await ownTips(refs, request);
    if (directory === plain && !own.has(taken)) {
      directory = unique;
      number = 0;
    }
  }
  throw new PatchloomError('GIT_FAILED', `${plain} has more than ${MOST_BASES} names`);
}

async function ownTips(refs: Refs, request: MirrorRequest): Promise<Set<string>> {
  const lines = await gitText(refs.repository, ['for-each-ref', '--format=%(objectname)', recordsOf(request)]);
  return new Set(lines.split('\n'));
}
