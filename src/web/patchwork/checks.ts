import type { Context, Hono } from 'hono';
import type { CheckState } from '../../ci/run.ts';
import { keptChecks, type KeptCheck } from '../../store/checks.ts';
import { listedSeriesWith } from '../../store/listed-series.ts';
import type { Posting } from '../../store/postings.ts';
import { ApiError, type Asked, found, numberIn, writerOf } from './asked.ts';
import { checkView, slug } from './check-view.ts';
import { type Fields, fieldsOf } from './fields.ts';
import { textOf } from './filters.ts';
import { answerPage, pagingOf } from './paging.ts';
import { postingOf } from './patches.ts';
import { usersOf } from './people-view.ts';

const PATH = '/patches/:id{[0-9]+}/checks/';
const STATES: readonly CheckState[] = ['pending', 'success', 'warning', 'fail'];

/** Checks of a patch: its own, and those of its whole series. One of each context: the last. */
export function addChecks(app: Hono, ask: (c: Context) => Promise<Asked>): void {
  app.get(PATH, async (c) => {
    const asked = await ask(c);
    const patch = await postingOf(asked, c, 'patch');
    const [context, state, by] = [textOf(c, 'context'), textOf(c, 'state'), textOf(c, 'user')];
    const users = await usersOf(asked);
    const all = (await checksOf(asked, patch))
      .map((one) => checkView(asked, patch.id, one, users))
      .filter((one) => context === undefined || one.context === context)
      .filter((one) => state === undefined || one.state === state)
      .filter(({ user }) => by === undefined || [user?.username, String(user?.id)].includes(by));
    const newest = textOf(c, 'order')?.startsWith('-') === true ? -1 : 1;
    const sorted = all.toSorted((a, b) => newest * (a.date.localeCompare(b.date) || a.id - b.id));
    const paging = pagingOf(c);
    return answerPage(c, asked, paging, all.length, sorted.slice(paging.offset, paging.offset + paging.size));
  });
  app.get(`${PATH}:check{[0-9]+}/`, async (c) => {
    const asked = await ask(c);
    const patch = await postingOf(asked, c, 'patch');
    const check = (await checksOf(asked, patch)).find(({ id }) => id === numberIn(c, 'check'));
    return c.json(checkView(asked, patch.id, found(check), await usersOf(asked)));
  });
  app.post(PATH, async (c) => {
    const asked = await ask(c);
    const patch = await postingOf(asked, c, 'patch');
    const token = writerOf(asked, 'checks', patch.project);
    const posted = readCheck(await fieldsOf(c));
    const { project, msgid } = patch;
    const why = await asked.apis.keepCheck({ ...posted, project, msgid, token });
    if (why !== null) throw new ApiError(409, why);
    const kept = (await checksOf(asked, patch)).findLast(
      ({ check }) => check.context === posted.context && check.patch === msgid,
    );
    return c.json(checkView(asked, patch.id, found(kept), await usersOf(asked)), 201);
  });
}

/** The checks of one patch, by number. */
export async function checksOf({ db }: Asked, { project, msgid }: Posting): Promise<readonly KeptCheck[]> {
  const series = (await listedSeriesWith(db, [msgid])).filter((one) => one.project === project);
  return keptChecks(
    db,
    project,
    [msgid],
    series.map(({ key }) => key),
  );
}

/** A posted result. @throws ApiError 400 that names every field that is wrong */
export function readCheck(fields: Fields) {
  const text = (name: string): string => fields[name]?.at(-1)?.trim() ?? '';
  const [context, url] = [text('context') === '' ? 'default' : text('context'), text('target_url')];
  const state = STATES.find((one) => one === text('state'));
  const faults: Record<string, readonly string[]> = {};
  if (state === undefined) faults['state'] = [`Expected one of: ${STATES.join(', ')}.`];
  if (context.length > 64 || slug(context) !== context)
    faults['context'] = ['Enter a valid "slug" of letters, digits, underscores and hyphens, at most 64.'];
  if (url !== '' && !(/^https?:\/\/[^\s"<>]{1,1990}$/.test(url) && URL.canParse(url)))
    faults['target_url'] = ['Enter a valid URL.'];
  if (state === undefined || Object.keys(faults).length > 0) throw new ApiError(400, faults);
  const summary = text('description')
    .slice(0, 300)
    .replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim();
  return { commit: null, context, state, url: url === '' ? null : url, summary, log: '', seconds: 0 };
}
