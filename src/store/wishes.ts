import type { Selectable } from 'kysely';
import type { Db, RequestTable, Tx, WishTable } from './schema.ts';

/** What people want to hold from now on; see `WishTable`. */
export type Wish = Selectable<WishTable>;

/** The subject of a wish about a whole project: no address and no change is called so. */
export const WHOLE_PROJECT = '*';

/** Keeps a wish; the same wish again changes nothing. */
export async function keepWish(tx: Tx, wish: Wish): Promise<void> {
  const insert = tx.insertInto('wish').values({ ...wish, subject: wish.subject.toLowerCase() });
  await insert.onConflict((on) => on.columns(['kind', 'scope', 'project', 'subject']).doNothing()).execute();
}

/** Takes wishes back: those about a subject, of any kind. @returns how many there were */
export async function dropWishes(tx: Tx, project: string, subject: string): Promise<number> {
  const gone = tx.deleteFrom('wish').where('project', '=', project).where('subject', '=', subject.toLowerCase());
  return Number((await gone.executeTakeFirst()).numDeletedRows);
}

/** Why nothing is said about a change of an author: an opt-out of his or of the whole project, or a wish about the change. Oldest first. */
export async function wishesAbout(
  db: Db,
  of: { readonly project: string; readonly change: string; readonly author: string },
): Promise<readonly Wish[]> {
  const { project, change, author } = of;
  return db
    .selectFrom('wish')
    .selectAll()
    .where('project', '=', project)
    .where((eb) =>
      eb.or([
        eb.and([eb('scope', '=', 'person'), eb('subject', '=', author.toLowerCase())]),
        eb.and([eb('scope', '=', 'series'), eb('subject', '=', change.toLowerCase())]),
        eb('scope', '=', 'project'),
      ]),
    )
    .orderBy('at')
    .execute();
}

/** Which of the addresses have opted out of a project; lower case. */
export async function optedOut(db: Db, project: string, emails: readonly string[]): Promise<ReadonlySet<string>> {
  if (emails.length === 0) return new Set();
  const subjects = emails.map((email) => email.toLowerCase());
  const found = db.selectFrom('wish').select('subject').where('project', '=', project).where('scope', '=', 'person');
  return new Set((await found.where('subject', 'in', subjects).execute()).map(({ subject }) => subject));
}

/** Series that are held, of all projects. */
export async function listHolds(db: Db): Promise<readonly Pick<Wish, 'project' | 'subject'>[]> {
  return db.selectFrom('wish').select(['project', 'subject']).where('kind', '=', 'hold').execute();
}

/** All wishes, oldest first. */
export async function listWishes(db: Db, project?: string): Promise<readonly Wish[]> {
  const all = db.selectFrom('wish').selectAll();
  return (project === undefined ? all : all.where('project', '=', project)).orderBy('at').execute();
}

/** A request of a mail, and what became of it. */
export type KeptRequest = Selectable<RequestTable>;

/** Keeps what became of a request. What was doubted may be judged again: a copy that came directly may still show who wrote it. */
export async function keepRequest(tx: Tx, request: KeptRequest): Promise<void> {
  const { msgid, line, ...changed } = request;
  const insert = tx.insertInto('request').values({ msgid, line, ...changed });
  await insert.onConflict((on) => on.columns(['msgid', 'line']).doUpdateSet(changed)).execute();
}

/** The requests of a mail that were judged, by line. */
export async function requestsOf(db: Db, msgid: string): Promise<readonly KeptRequest[]> {
  return db.selectFrom('request').selectAll().where('msgid', '=', msgid).orderBy('line').execute();
}

/** The newest requests, for people to see. */
export async function listRequests(db: Db, limit: number): Promise<readonly KeptRequest[]> {
  return db.selectFrom('request').selectAll().orderBy('at', 'desc').orderBy('msgid').limit(limit).execute();
}
