import type { Context, Hono } from 'hono';
import { type EventQuery, listEvents, type StoredEvent } from '../../store/events.ts';
import { keptChecks } from '../../store/checks.ts';
import { type ListedSeries, listedSeriesById } from '../../store/listed-series.ts';
import { type Posting, postingsById, postingsOf } from '../../store/postings.ts';
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

async function eventViews(asked: Asked, rows: readonly StoredEvent[]): Promise<readonly object[]> {
  const users = await usersOf(asked);
  const postings = await postingsById(
    asked.db,
    rows.flatMap(({ posting }) => posting ?? []),
  );
  const series = await listedSeriesById(
    asked.db,
    rows.flatMap((row) => row.series ?? []),
  );
  const views: object[] = [];
  for (const row of rows) {
    const project = asked.projects.find(({ name }) => name === row.project);
    const posting = postings.find(({ id }) => id === row.posting);
    const payload = await payloadOf(asked, row, posting, series.get(row.series ?? -1), users);
    views.push({
      id: row.id,
      category: row.category,
      project: projectEmbed(asked, project),
      date: naive(row.at),
      ...(asked.minor < 2 ? {} : { actor: userEmbed(asked, userOf(users, row.actor)) }),
      payload,
    });
  }
  return views;
}

function userOf(users: readonly NumberedUser[], id: number | null): NumberedUser | undefined {
  return users.find((user) => user.id === id);
}

async function payloadOf(
  asked: Asked,
  { category, document }: StoredEvent,
  posting: Posting | undefined,
  series: ListedSeries | undefined,
  users: readonly NumberedUser[],
): Promise<object> {
  const detail = JSON.parse(document) as Readonly<Record<string, string | number | null>>;
  if (series !== undefined) return { series: seriesEmbed(asked, series) };
  if (posting === undefined) return {};
  if (category === 'cover-created') return { cover: postingEmbed(asked, posting, 'cover') };
  if (category.endsWith('-comment-created')) {
    const about = (await postingsOf(asked.db, posting.project, [posting.about ?? ''])).get(posting.about ?? '');
    const kind = category === 'cover-comment-created' ? 'cover' : 'patch';
    const above = about === undefined ? {} : { [kind]: postingEmbed(asked, about, kind) };
    return { ...above, comment: await commentEmbed(asked, posting) };
  }
  const patch = postingEmbed(asked, posting, 'patch');
  if (category === 'patch-delegated') {
    const who = (name: string) => userEmbed(asked, userOf(users, Number(detail[name] ?? -1)));
    return { patch, previous_delegate: who('previous_delegate'), current_delegate: who('current_delegate') };
  }
  if (category === 'check-created') return { patch, check: await checkEmbed(asked, posting, detail) };
  return { patch, ...detail };
}

/** The check as it was posted, and as it is now where it is still there. */
async function checkEmbed(
  asked: Asked,
  { id, project, msgid }: Posting,
  detail: Readonly<Record<string, string | number | null>>,
) {
  const context = String(detail['context'] ?? '');
  const now = (await keptChecks(asked.db, project, [msgid], [])).find(({ check }) => check.context === context);
  return {
    id: now?.id ?? 0,
    url: `${asked.api}/patches/${id}/checks/${now?.id ?? 0}/`,
    date: naive(now?.at ?? 0),
    state: detail['state'] ?? 'pending',
    target_url: now?.check.url ?? null,
    context: slug(context),
  };
}
