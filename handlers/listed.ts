import type { Entry } from '../src/series/entry.ts';
import { type Disposition, type Series } from '../src/series/series.ts';
import type { KnownMail } from '../src/store/messages.ts';
import type { NewListedSeries } from '../src/store/listed-series.ts';
import type { NewPosting } from '../src/store/postings.ts';
import type { PatchState, PostingKind } from '../src/store/schema-listed.ts';
import { searchWords } from '../src/store/words.ts';

/** What the APIs list of one component: its series, and its mails by project. */
export interface Listed {
  readonly series: readonly NewListedSeries[];
  readonly postings: readonly NewPosting[];
}

/** Finds the postings of a component's mails. A mail of two projects is one in each, and so is what is said of it. */
export function listedOf(
  mails: readonly Pick<KnownMail, 'digest'>[],
  series: readonly Series[],
  dispositions: readonly Disposition[],
): Listed {
  const entries = new Map(mails.map(({ digest }) => [digest.entry.msgid, digest.entry]));
  const postings = new Map<string, NewPosting>();
  const projects = new Map<string, string[]>();
  const add = (project: string, msgid: string, kind: PostingKind, more: Partial<NewPosting> = {}): void => {
    const entry = entries.get(msgid);
    const id = `${project} ${msgid}`;
    if (entry === undefined || postings.has(id)) return;
    postings.set(id, { ...postingOf(entry), project, kind, ...more });
    projects.set(msgid, [...(projects.get(msgid) ?? []), project]);
  };
  // A patch that a later revision took over as it is belongs to both: the better state is its own.
  for (const one of series.toSorted((a, b) => rank(a) - rank(b))) {
    if (one.cover !== null) add(one.project, one.cover, 'cover');
    for (const { msgid } of one.patches) add(one.project, msgid, 'patch', { derivedState: stateOf(one) });
  }
  for (const { msgid, kind, about, project } of dispositions) {
    const whose = kind === 'reply' && about !== null ? (projects.get(about) ?? []) : [];
    for (const name of whose) add(name, msgid, 'comment', { about });
    if (whose.length === 0) add(project ?? '', msgid, 'other');
  }
  return { series: series.flatMap((one) => listedSeries(one, entries)), postings: [...postings.values()] };
}

function rank({ state }: Series): number {
  return state === 'superseded' ? 1 : 0;
}

function stateOf({ state, rfc }: Series): PatchState {
  if (state === 'superseded') return 'superseded';
  return rfc ? 'rfc' : 'new';
}

function listedSeries(series: Series, entries: ReadonlyMap<string, Entry>): NewListedSeries[] {
  const from = entries.get(series.msgid)?.from;
  if (from === undefined) return [];
  const { project, key, msgid, subject, posted, version, cover, patches } = series;
  const members = [...(cover === null ? [] : [cover]), ...patches.map((patch) => patch.msgid)];
  return [{ project, key, msgid, name: subject, from, posted, version, members }];
}

function postingOf(entry: Entry): Omit<NewPosting, 'project' | 'kind'> {
  const { msgid, subject, from, posted, patch } = entry;
  return {
    msgid,
    about: null,
    name: entry.parsed.reply ? subject : patchName(entry),
    words: searchWords(subject),
    from,
    posted,
    hash: patch?.diffHash ?? null,
    patchId: patch?.patchId ?? null,
    derivedState: 'new',
  };
}

/** The subject as Patchwork writes it: one bracket in front, without the word PATCH. */
function patchName({ subject, parsed }: Entry): string {
  if (!subject.startsWith('[')) return subject;
  const { version, revision, index, total, rfc, resend, target, words } = parsed;
  const marks = [
    ...words,
    ...(target === null ? [] : [`for-${target}`]),
    ...(rfc ? ['RFC'] : []),
    ...(resend ? ['RESEND'] : []),
    ...(version > 1 || revision > 0 ? [`v${version}${revision > 0 ? `.${revision}` : ''}`] : []),
    ...(index === null || total === null ? [] : [`${index}/${total}`]),
  ];
  return marks.length === 0 ? parsed.title : `[${marks.join(',')}] ${parsed.title}`;
}
