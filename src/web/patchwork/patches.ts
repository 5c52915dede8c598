import type { Context, Hono } from 'hono';
import { commentsAbout, type Posting, postingsById } from '../../store/postings.ts';
import { pageOfPostings } from '../../store/posting-lists.ts';
import { type Asked, found, numberIn, writerOf } from './asked.ts';
import { commentViews } from './comment-view.ts';
import { fieldsOf } from './fields.ts';
import { postingQuery } from './filters.ts';
import { answerPage, pagingOf } from './paging.ts';
import { patchChange } from './patch-change.ts';
import { usersOf } from './people-view.ts';
import { coverView, patchView, surroundingsOf } from './posting-view.ts';

type Ask = (c: Context) => Promise<Asked>;

/** `/patches/` and `/covers/`, with what is said of each. */
export function addPostings(app: Hono, ask: Ask): void {
  for (const [path, kind] of [
    ['/patches/', 'patch'],
    ['/covers/', 'cover'],
  ] as const) {
    app.get(path, async (c) => {
      const asked = await ask(c);
      const paging = pagingOf(c);
      const { rows, total } = await pageOfPostings(asked.db, await postingQuery(c, asked, kind, paging));
      const around = await surroundingsOf(asked, rows);
      const view = kind === 'patch' ? patchView : coverView;
      return answerPage(
        c,
        asked,
        paging,
        total,
        rows.map((row) => view(asked, row, around)),
      );
    });
    app.get(`${path}:id{[0-9]+}/`, async (c) => {
      const asked = await ask(c);
      return c.json(await detail(asked, await postingOf(asked, c, kind), kind));
    });
    app.get(`${path}:id{[0-9]+}/comments/`, async (c) => {
      const asked = await ask(c);
      const all = await commentsAbout(asked.db, await postingOf(asked, c, kind));
      const paging = pagingOf(c);
      const rows = all.slice(paging.offset, paging.offset + paging.size);
      return answerPage(c, asked, paging, all.length, await commentViews(asked, rows));
    });
    app.get(`${path}:id{[0-9]+}/comments/:comment{[0-9]+}/`, async (c) => {
      const asked = await ask(c);
      const all = await commentsAbout(asked.db, await postingOf(asked, c, kind));
      const one = found(all.find(({ id }) => id === numberIn(c, 'comment')));
      return c.json(found((await commentViews(asked, [one]))[0]));
    });
  }
  app.on(['PATCH', 'PUT'], '/patches/:id{[0-9]+}/', async (c) => {
    const asked = await ask(c);
    const posting = await postingOf(asked, c, 'patch');
    const { change, rights } = patchChange(await fieldsOf(c), await usersOf(asked));
    const [token] = rights.map((right) => writerOf(asked, right, posting.project));
    if (token !== undefined) await asked.apis.setPatch(posting, change, token);
    const [now = posting] = await postingsById(asked.db, [posting.id]);
    return c.json(await detail(asked, now, 'patch'));
  });
}

/** @throws ApiError 404 */
export async function postingOf({ db, projects }: Asked, c: Context, kind: Posting['kind']): Promise<Posting> {
  const [posting] = await postingsById(db, [numberIn(c, 'id')]);
  const ours = posting?.kind === kind && projects.some(({ name }) => name === posting.project);
  return found(ours ? posting : null);
}

async function detail(asked: Asked, row: Posting, kind: 'patch' | 'cover') {
  const around = await surroundingsOf(asked, [row]);
  const parts = await asked.apis.mailParts(row.msgid);
  const mail = { headers: parts?.headers ?? {}, content: parts?.content ?? '' };
  if (kind === 'cover') return { ...coverView(asked, row, around), ...mail };
  const prefixes = /^\[([^\]]*)\]/.exec(row.name)?.[1]?.split(',') ?? [];
  const diff = parts?.diff === undefined || parts.diff === null ? '' : new TextDecoder().decode(parts.diff);
  return { ...patchView(asked, row, around), ...mail, diff, prefixes };
}
