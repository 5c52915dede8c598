import type { Context, Hono } from 'hono';
import { type Bundle, bundleOf, countBundles, pageOfBundles } from '../../store/bundles.ts';
import { type Posting, postingsById } from '../../store/postings.ts';
import { peopleByEmail } from '../../store/people.ts';
import { ApiError, type Asked, found, writerOf } from './asked.ts';
import { type Fields, fieldsOf } from './fields.ts';
import { booleanOf, projectsOf, textOf, valuesOf } from './filters.ts';
import { answerPage, pagingOf } from './paging.ts';
import { userEmbed, usersOf } from './people-view.ts';
import { postingEmbed } from './posting-view.ts';
import { projectEmbed } from './project-view.ts';

const ONE = '/bundles/:id/';
const MOST_PATCHES = 1000;
const MOST_BUNDLES = 500;

/** `/bundles/`: everybody sees public ones; who has a token sees, makes and changes his own. */
export function addBundles(app: Hono, ask: (c: Context) => Promise<Asked>): void {
  app.get('/bundles/', async (c) => {
    const asked = await ask(c);
    const paging = pagingOf(c);
    const projects = projectsOf(c, asked);
    const name = textOf(c, 'q');
    const wanted = valuesOf(c, 'owner');
    const users = await usersOf(asked);
    const owners = wanted?.flatMap(
      (text) => users.find(({ id, name: own, email }) => [String(id), own, email].includes(text))?.id ?? [],
    );
    const { rows, total } = await pageOfBundles(asked.db, {
      reader: await readerOf(asked),
      ...(projects === undefined ? {} : { projects }),
      ...(owners === undefined ? {} : { owners }),
      ...(name === undefined ? {} : { name }),
      offset: paging.offset,
      limit: paging.size,
    });
    return answerPage(c, asked, paging, total, await bundleViews(asked, rows));
  });
  app.get(ONE, async (c) => {
    const asked = await ask(c);
    return c.json(found((await bundleViews(asked, [await oneOf(asked, c)]))[0]));
  });
  app.post('/bundles/', async (c) => {
    const asked = await ask(c);
    return c.json(await keep(asked, await fieldsOf(c), null), 201);
  });
  app.on(['PATCH', 'PUT'], ONE, async (c) => {
    const asked = await ask(c);
    return c.json(await keep(asked, await fieldsOf(c), await oneOf(asked, c)));
  });
  app.delete(ONE, async (c) => {
    const asked = await ask(c);
    const bundle = await oneOf(asked, c);
    writerOf(asked, 'bundles', bundle.project);
    if (bundle.owner !== (await readerOf(asked))) throw new ApiError(403, 'It is not yours.');
    await asked.apis.dropBundle(bundle.id);
    return c.body(null, 204);
  });
}

/** The person behind the token, null for anybody. */
async function readerOf({ db, token }: Asked): Promise<number | null> {
  return token === null ? null : ((await peopleByEmail(db, [token.email])).get(token.email)?.id ?? null);
}

/** The bundle of the path, by number or by whole name: git-pw takes names for numbers. @throws ApiError 404 */
async function oneOf(asked: Asked, c: Context): Promise<Bundle> {
  const id = c.req.param('id') ?? '';
  const reader = await readerOf(asked);
  if (/^\d{1,9}$/.test(id)) return found(await bundleOf(asked.db, Number(id), reader));
  return found((await pageOfBundles(asked.db, { reader, name: id, offset: 0, limit: 1 })).rows[0]);
}

async function keep(asked: Asked, fields: Fields, old: Bundle | null): Promise<object> {
  const ids = fields['patches']?.flatMap((text) => (/^\d{1,9}$/.test(text) ? [Number(text)] : []));
  const patches = await patchesOf(asked, ids ?? old?.patches ?? []);
  const project = old?.project ?? patches[0]?.project;
  if (project === undefined) throw new ApiError(400, { patches: ['Bundles cannot be empty.'] });
  if (patches.some((patch) => patch.project !== project))
    throw new ApiError(400, { patches: ['Bundle patches must belong to the same project'] });
  writerOf(asked, 'bundles', project);
  const owner = found(await readerOf(asked));
  if (old !== null && old.owner !== owner) throw new ApiError(403, 'It is not yours.');
  if (old === null && (await countBundles(asked.db, owner)) >= MOST_BUNDLES)
    throw new ApiError(409, `There are ${MOST_BUNDLES} bundles of yours already.`);
  const name = fields['name']?.at(-1)?.trim() ?? old?.name ?? '';
  // In a path a name stands where a number could.
  if (!/^(?!\d+$)[^/\p{Cc}\p{Cs}]{1,50}$/u.test(name))
    throw new ApiError(400, { name: ['Up to 50 characters without a slash, and not a number.'] });
  const open = booleanOf(fields['public']?.at(-1)) ?? old?.public === 1;
  const wish = { project, name, owner, public: open, patches: patches.map(({ id }) => id) };
  const id = await asked.apis.keepBundle(old?.id ?? null, wish);
  if (id === null) throw new ApiError(400, { name: ['You have another bundle of that name.'] });
  return found((await bundleViews(asked, [found(await bundleOf(asked.db, id, owner))]))[0]);
}

/** @throws ApiError 400 where one is not there */
async function patchesOf(asked: Asked, ids: readonly number[]): Promise<readonly Posting[]> {
  if (ids.length > MOST_PATCHES) throw new ApiError(400, { patches: [`At most ${MOST_PATCHES}.`] });
  const wanted = [...new Set(ids)];
  const rows = (await postingsById(asked.db, wanted)).filter(({ kind }) => kind === 'patch');
  const missing = wanted.find((id) => !rows.some((row) => row.id === id));
  if (missing !== undefined) throw new ApiError(400, { patches: [`There is no patch ${missing}.`] });
  return rows;
}

async function bundleViews(asked: Asked, bundles: readonly Bundle[]): Promise<readonly object[]> {
  const users = await usersOf(asked);
  const patches = await postingsById(
    asked.db,
    bundles.flatMap((bundle) => bundle.patches),
  );
  const byId = new Map(patches.map((patch) => [patch.id, patch]));
  return bundles.map(({ id, name, project, owner, public: open, patches: ids }) => {
    const page = `${asked.origin}/bundle/${id}/`;
    const user = users.find((one) => one.id === owner);
    return {
      id,
      url: `${asked.api}/bundles/${id}/`,
      ...(asked.minor < 1 ? {} : { web_url: page }),
      project: projectEmbed(
        asked,
        asked.projects.find((one) => one.name === project),
      ),
      name,
      owner: userEmbed(asked, user),
      patches: ids.flatMap((patch) => {
        const row = byId.get(patch);
        return row === undefined ? [] : [postingEmbed(asked, row, 'patch')];
      }),
      public: open === 1,
      mbox: `${page}mbox/`,
    };
  });
}
