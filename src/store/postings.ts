import type { Insertable, Selectable } from 'kysely';
import type { Address } from '../mail/message.ts';
import { chunks } from './chunks.ts';
import { markedPatches, type PatchMark } from './patch-marks.ts';
import { numberPeople, peopleByEmail } from './people.ts';
import type { Db, Tx } from './schema.ts';
import type { PatchState, PostingKind, PostingTable } from './schema-listed.ts';

/** A mail with its number. */
export type Posting = Selectable<PostingTable>;

/** A mail as it was derived, to be listed in one project. */
export interface NewPosting {
  /** Empty: of none. */
  readonly project: string;
  readonly msgid: string;
  readonly kind: PostingKind;
  readonly about: string | null;
  readonly name: string;
  /** `searchWords` of the subject. */
  readonly words: string;
  readonly from: Address;
  readonly posted: number;
  readonly hash: string | null;
  readonly patchId: string | null;
  /** As mail alone says it. */
  readonly derivedState: PatchState;
}

/** A patch whose state is another one now. */
export interface StateChange {
  readonly posting: Posting;
  readonly before: PatchState;
}

/** What came of listing mails. */
export interface PostingNews {
  /** Never listed before. */
  readonly created: readonly Posting[];
  readonly changed: readonly StateChange[];
  /** What each of the mails is now, by `project msgid`. */
  readonly kinds: ReadonlyMap<string, PostingKind>;
}

/**
 * Lists the mails of components. Who was listed keeps the number; a mail that is no longer what it was in a project is `gone` there.
 * @param msgids all mails of the components
 */
export async function listPostings(
  tx: Tx,
  msgids: readonly string[],
  postings: readonly NewPosting[],
): Promise<PostingNews> {
  const people = await numberPeople(
    tx,
    postings.map(({ from }) => from),
  );
  const old = new Map<string, Posting>();
  for (const part of chunks(msgids)) {
    const rows = await tx.selectFrom('posting').selectAll().where('msgid', 'in', part).execute();
    for (const row of rows) old.set(`${row.project} ${row.msgid}`, row);
  }
  const states = await statesOf(tx, postings);
  const values = new Map(postings.map((one) => [`${one.project} ${one.msgid}`, valuesOf(one, people, states)]));
  const changed: StateChange[] = [];
  for (const [id, row] of old) {
    const next: Partial<Insertable<PostingTable>> = values.get(id) ?? { kind: 'gone' };
    if (Object.entries(next).every(([name, value]) => row[name as keyof Posting] === value)) continue;
    await tx.updateTable('posting').set(next).where('id', '=', row.id).execute();
    const posting: Posting = { ...row, ...next };
    if (posting.kind === 'patch' && posting.state !== row.state) changed.push({ posting, before: row.state });
  }
  const fresh = [...values].filter(([id]) => !old.has(id)).map(([, value]) => value);
  const created: Posting[] = [];
  // Few rows a statement: each has many values.
  for (const part of chunks(fresh, 50))
    created.push(...(await tx.insertInto('posting').values(part).returningAll().execute()));
  return { created, changed, kinds: new Map(postings.map((one) => [`${one.project} ${one.msgid}`, one.kind])) };
}

/** Takes over what people have set and what upstream has, of patches that are listed already. @returns those whose state is another now */
export async function settlePatches(
  tx: Tx,
  project: string,
  msgids: readonly string[],
): Promise<readonly StateChange[]> {
  const changed: StateChange[] = [];
  for (const part of chunks(msgids)) {
    const found = tx.selectFrom('posting').selectAll().where('project', '=', project).where('msgid', 'in', part);
    const patches = await found.where('kind', '=', 'patch').execute();
    const states = await statesOf(
      tx,
      patches.map((row) => ({ ...row, derivedState: row.derived_state })),
    );
    for (const row of patches) {
      const next = states.get(`${project} ${row.msgid}`);
      if (next === undefined) continue;
      await tx.updateTable('posting').set(next).where('id', '=', row.id).execute();
      if (next.state !== row.state) changed.push({ posting: { ...row, ...next }, before: row.state });
    }
  }
  return changed;
}

type Settled = Pick<Posting, 'state' | 'archived' | 'delegate'>;

/** What holds of each patch: what people have set; else that upstream has it; else what mail says. */
async function statesOf(
  tx: Tx,
  patches: readonly Pick<NewPosting, 'project' | 'msgid' | 'derivedState'>[],
): Promise<ReadonlyMap<string, Settled>> {
  const msgids = patches.map(({ msgid }) => msgid);
  const marks = await markedPatches(tx, msgids);
  const delegates = await peopleByEmail(
    tx,
    [...marks.values()].flatMap((mark) => mark.delegate ?? []),
  );
  const landed = await landedAmong(tx, msgids);
  return new Map(
    patches.map(({ project, msgid, derivedState }) => {
      const id = `${project} ${msgid}`;
      const mark: PatchMark | undefined = marks.get(id);
      const state = mark?.state ?? (landed.has(id) ? 'accepted' : derivedState);
      const delegate = delegates.get(mark?.delegate ?? '')?.id ?? null;
      return [id, { state, archived: mark?.archived ?? 0, delegate }];
    }),
  );
}

async function landedAmong(tx: Tx, msgids: readonly string[]): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  for (const part of chunks(msgids)) {
    const rows = await tx.selectFrom('landed').select(['project', 'msgid']).where('msgid', 'in', part).execute();
    for (const { project, msgid } of rows) found.add(`${project} ${msgid}`);
  }
  return found;
}

function valuesOf(
  one: NewPosting,
  people: ReadonlyMap<string, number>,
  states: ReadonlyMap<string, Settled>,
): Insertable<PostingTable> {
  const { from, patchId, derivedState, ...rest } = one;
  const settled = states.get(`${one.project} ${one.msgid}`) ?? { state: derivedState, archived: 0, delegate: null };
  const person = people.get(from.email.toLowerCase()) ?? 0;
  return { ...rest, patch_id: patchId, derived_state: derivedState, person, ...settled };
}

/** Mails by number, in the order of the numbers given; those that are not there are left out. */
export async function postingsById(db: Db, ids: readonly number[]): Promise<readonly Posting[]> {
  const found = new Map<number, Posting>();
  for (const part of chunks(ids)) {
    const rows = await db.selectFrom('posting').selectAll().where('id', 'in', part).execute();
    for (const row of rows) found.set(row.id, row);
  }
  return ids.flatMap((id) => found.get(id) ?? []);
}

/** The mails of a project with these Message-IDs, by Message-ID. */
export async function postingsOf(
  db: Db,
  project: string,
  msgids: readonly string[],
): Promise<ReadonlyMap<string, Posting>> {
  const found = new Map<string, Posting>();
  for (const part of chunks(msgids)) {
    const rows = db.selectFrom('posting').selectAll().where('project', '=', project).where('msgid', 'in', part);
    for (const row of await rows.execute()) found.set(row.msgid, row);
  }
  return found;
}

/** A mail in a project. */
export type PostingKey = Pick<Posting, 'project' | 'msgid'>;

/** How `postingsWith` and others name it. */
export function postingKey({ project, msgid }: PostingKey): string {
  return `${project} ${msgid}`;
}

/** Mails of any projects by `postingKey`. Those that are not listed are left out. */
export async function postingsWith(db: Db, keys: readonly PostingKey[]): Promise<ReadonlyMap<string, Posting>> {
  const wanted = new Set(keys.map(postingKey));
  const found = new Map<string, Posting>();
  for (const part of chunks(keys.map(({ msgid }) => msgid))) {
    const rows = await db.selectFrom('posting').selectAll().where('msgid', 'in', part).execute();
    for (const row of rows) if (wanted.has(postingKey(row))) found.set(postingKey(row), row);
  }
  return found;
}

/** What comments are about, by the comment's number. */
export async function aboutOf(db: Db, comments: readonly Posting[]): Promise<ReadonlyMap<number, Posting>> {
  const keyOf = ({ project, about }: Posting): PostingKey[] => (about === null ? [] : [{ project, msgid: about }]);
  const found = await postingsWith(db, comments.flatMap(keyOf));
  return new Map(
    comments.flatMap((comment) =>
      keyOf(comment).flatMap((key) => {
        const about = found.get(postingKey(key));
        return about === undefined ? [] : [[comment.id, about] as const];
      }),
    ),
  );
}

/** What is said of a patch or cover in its project, oldest first. */
export async function commentsAbout(db: Db, { project, msgid }: Pick<Posting, 'project' | 'msgid'>) {
  const found = db.selectFrom('posting').selectAll().where('about', '=', msgid).where('project', '=', project);
  return found.where('kind', '=', 'comment').orderBy('posted').orderBy('id').execute();
}
