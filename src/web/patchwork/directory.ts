import type { Context, Hono } from 'hono';
import { listedSeries } from '../../store/listed-series.ts';
import { pageOfSeries } from '../../store/posting-lists.ts';
import { pageOfPeople, peopleOf } from '../../store/people.ts';
import { ApiError, type Asked, found, numberIn } from './asked.ts';
import { seriesQuery, textOf } from './filters.ts';
import { answerPage, pagingOf } from './paging.ts';
import { personView, userEmbed, usersOf } from './people-view.ts';
import { projectView } from './project-view.ts';
import { seriesViews } from './series-view.ts';

type Ask = (c: Context) => Promise<Asked>;

/** `/projects/`, `/people/`, `/users/` and `/series/`. People and users are told to those who have a token. */
export function addDirectory(app: Hono, ask: Ask): void {
  app.get('/projects/', async (c) => {
    const asked = await ask(c);
    const paging = pagingOf(c);
    const all = asked.projects.toSorted((one, other) => one.id - other.id);
    const rows = all.slice(paging.offset, paging.offset + paging.size);
    return answerPage(
      c,
      asked,
      paging,
      all.length,
      rows.map((one) => projectView(asked, one)),
    );
  });
  app.get('/projects/:id/', async (c) => {
    const asked = await ask(c);
    const { id } = c.req.param();
    return c.json(projectView(asked, found(asked.projects.find((one) => String(one.id) === id || one.name === id))));
  });
  addPeople(app, ask);
  addSeries(app, ask);
}

function addPeople(app: Hono, ask: Ask): void {
  const known = async (c: Context): Promise<Asked> => {
    const asked = await ask(c);
    if (asked.token === null) throw new ApiError(403, 'Authentication credentials were not provided.');
    return asked;
  };
  app.get('/people/', async (c) => {
    const asked = await known(c);
    const paging = pagingOf(c);
    const { rows, total } = await pageOfPeople(asked.db, textOf(c, 'q') ?? '', paging.offset, paging.size);
    const users = await usersOf(asked);
    return answerPage(
      c,
      asked,
      paging,
      total,
      rows.map((one) => personView(asked, one, users)),
    );
  });
  app.get('/people/:id{[0-9]+}/', async (c) => {
    const asked = await known(c);
    const id = numberIn(c, 'id');
    const person = found((await peopleOf(asked.db, [id])).get(id));
    return c.json(personView(asked, person, await usersOf(asked)));
  });
  app.get('/users/', async (c) => {
    const asked = await known(c);
    const paging = pagingOf(c);
    const q = (textOf(c, 'q') ?? '').toLowerCase();
    const all = (await usersOf(asked)).filter(({ name, email }) => `${name}\n${email}`.toLowerCase().includes(q));
    const rows = all.slice(paging.offset, paging.offset + paging.size);
    return answerPage(
      c,
      asked,
      paging,
      all.length,
      rows.flatMap((one) => userEmbed(asked, one) ?? []),
    );
  });
  app.get('/users/:id{[0-9]+}/', async (c) => {
    const asked = await known(c);
    const user = (await usersOf(asked)).find(({ id }) => id === numberIn(c, 'id'));
    return c.json(userEmbed(asked, found(user)));
  });
}

function addSeries(app: Hono, ask: Ask): void {
  app.get('/series/', async (c) => {
    const asked = await ask(c);
    const paging = pagingOf(c);
    const { rows, total } = await pageOfSeries(asked.db, await seriesQuery(c, asked, paging));
    return answerPage(c, asked, paging, total, await seriesViews(asked, rows));
  });
  app.get('/series/:id{[0-9]+}/', async (c) => {
    const asked = await ask(c);
    const row = found(await listedSeries(asked.db, numberIn(c, 'id')));
    return c.json(found((await seriesViews(asked, [row]))[0]));
  });
}
