import type { Context, Hono } from 'hono';
import { type EventQuery, listEvents, type StoredEvent } from '../../store/events.ts';
import { checksOfPatches, type KeptCheck } from '../../store/checks.ts';
import { type ListedSeries, listedSeriesById } from '../../store/listed-series.ts';
import { aboutOf, type Posting, postingKey, postingsById } from '../../store/postings.ts';
import { type Asked, naive } from './asked.ts';
import { slug } from './check-view.ts';
import { commentEmbed } from './comment-view.ts';
import { numbersOf, projectsOf, textOf, timeOf, valuesOf } from './filters.ts';
import { answerPage, pagingOf } from './paging.ts';
import { type NumberedUser, userEmbed, usersOf } from './people-view.ts';
import { postingEmbed, seriesEmbed } from './posting-view.ts';
import { projectEmbed } from './project-view.ts';

/** Events on a page, whatever is asked for. */
const SIZE = 30;

/** `/events/`: what has happened, newest first unless `order=date`. */
export function addEvents(app: Hono, ask: (c: Context) => Promise<Asked>): void {
  app.get('/events/', async (c) => {
    const asked = await ask(c);
    const paging = pagingOf(c, SIZE);
    const { rows, total } = await listEvents(asked.db, {
      ...eventQuery(c, asked),
      offset: paging.offset,
      limit: paging.size,
    });
    return answerPage(c, asked, paging, total, await eventViews(asked, rows));
  });
}

function eventQuery(c: Context, asked: Asked): Omit<EventQuery, 'offset' | 'limit'> {
  const [since, before] = [timeOf(c, 'since'), timeOf(c, 'before')];
  const projects = since === null || before === null ? [] : projectsOf(c, asked);
  const categories = valuesOf(c, 'category');
  const posting = (numbersOf(c, 'patch') ?? numbersOf(c, 'cover'))?.[0];
  const [series, actor] = [numbersOf(c, 'series')?.[0], numbersOf(c, 'actor')?.[0]];
  return {
    oldestFirst: textOf(c, 'order') === 'date',
    ...(projects === undefined ? {} : { projects }),
    ...(categories === undefined ? {} : { categories }),
    ...(posting === undefined ? {} : { posting }),
    ...(series === undefined ? {} : { series }),
    ...(actor === undefined ? {} : { actor }),
    ...(typeof since === 'number' ? { since } : {}),
    ...(typeof before === 'number' ? { before } : {}),
  };
}

/** What the events of a page are about, read once for all. */
interface Around {
  readonly users: readonly NumberedUser[];
  readonly postings: ReadonlyMap<number, Posting>;
  /** What a comment is about, by the comment's number. */
  readonly abouts: ReadonlyMap<number, Posting>;
  readonly series: ReadonlyMap<number, ListedSeries>;
  /** By `postingKey`. */
  readonly checks: ReadonlyMap<string, readonly KeptCheck[]>;
}

async function aroundOf(asked: Asked, rows: readonly StoredEvent[]): Promise<Around> {
  const { db } = asked;
  const found = await postingsById(
    db,
    rows.flatMap(({ posting }) => posting ?? []),
  );
  const postings = new Map(found.map((one) => [one.id, one]));
  const checked = rows.filter(({ category }) => category === 'check-created');
  const series = rows.flatMap((row) => row.series ?? []);
  return {
    users: await usersOf(asked),
    postings,
    abouts: await aboutOf(db, found),
    series: await listedSeriesById(db, series),
    checks: await checksOfPatches(
      db,
      checked.flatMap(({ posting }) => postings.get(posting ?? -1) ?? []),
    ),
  };
}

async function eventViews(asked: Asked, rows: readonly StoredEvent[]): Promise<readonly object[]> {
  const around = await aroundOf(asked, rows);
  return rows.map((row) => {
    const project = asked.projects.find(({ name }) => name === row.project);
    return {
      id: row.id,
      category: row.category,
      project: projectEmbed(asked, project),
      date: naive(row.at),
      ...(asked.minor < 2 ? {} : { actor: userEmbed(asked, userOf(around.users, row.actor)) }),
      payload: payloadOf(asked, row, around),
    };
  });
}

function userOf(users: readonly NumberedUser[], id: number | null): NumberedUser | undefined {
  return users.find((user) => user.id === id);
}

function payloadOf(asked: Asked, row: StoredEvent, around: Around): object {
  const { category, document } = row;
  const detail = JSON.parse(document) as Readonly<Record<string, string | number | null>>;
  const series = around.series.get(row.series ?? -1);
  if (series !== undefined) return { series: seriesEmbed(asked, series) };
  const posting = around.postings.get(row.posting ?? -1);
  if (posting === undefined) return {};
  if (category === 'cover-created') return { cover: postingEmbed(asked, posting, 'cover') };
  if (category.endsWith('-comment-created')) {
    const about = around.abouts.get(posting.id);
    const kind = category === 'cover-comment-created' ? 'cover' : 'patch';
    const above = about === undefined ? {} : { [kind]: postingEmbed(asked, about, kind) };
    return { ...above, comment: commentEmbed(asked, posting, about) };
  }
  const patch = postingEmbed(asked, posting, 'patch');
  if (category === 'patch-delegated') {
    const who = (name: string) => userEmbed(asked, userOf(around.users, Number(detail[name] ?? -1)));
    return { patch, previous_delegate: who('previous_delegate'), current_delegate: who('current_delegate') };
  }
  if (category !== 'check-created') return { patch, ...detail };
  return { patch, check: checkEmbed(asked, posting.id, detail, around.checks.get(postingKey(posting)) ?? []) };
}

/** The check as it was posted, and as it is now where it is still there. @param id number of the patch */
function checkEmbed(
  asked: Asked,
  id: number,
  detail: Readonly<Record<string, string | number | null>>,
  kept: readonly KeptCheck[],
) {
  const context = String(detail['context'] ?? '');
  const now = kept.find(({ check }) => check.context === context);
  return {
    id: now?.id ?? 0,
    url: `${asked.api}/patches/${id}/checks/${now?.id ?? 0}/`,
    date: naive(now?.at ?? 0),
    state: detail['state'] ?? 'pending',
    target_url: now?.check.url ?? null,
    context: slug(context),
  };
}
