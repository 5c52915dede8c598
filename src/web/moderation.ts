import type { Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { approve, drop } from '../store/outbox.ts';
import type { Frame } from './frame.ts';
import { moderationModel } from './moderation-page.ts';
import type { Operator } from './operator.ts';
import { isFromHere, isLoggedIn, isToken, logIn, logOut } from './operator.ts';
import type { WebOptions } from './options.ts';
import type { Templates } from './templates.ts';

const BODY_LIMIT = 16 * 1024;

/**
 * `/moderation`: the mails that wait for a yes, for the one who has the token. A form counts only where it was sent from these pages by a
 * browser that has logged in; it works without scripts.
 */
export function addModeration(
  app: Hono,
  operator: Operator,
  { store, clock, log }: Pick<WebOptions, 'store' | 'clock' | 'log'>,
  templates: Templates,
  frame: Frame,
): void {
  app.use('/moderation/*', bodyLimit({ maxSize: BODY_LIMIT, onError: (c) => c.text('at most 16 KiB\n', 413) }));
  app.use('/moderation/*', async (c, next) => {
    await next();
    c.res.headers.set('Cache-Control', 'no-store');
    // With no-referrer a browser would not name its origin in the form, and we could not tell our pages from others.
    c.res.headers.set('Referrer-Policy', 'same-origin');
  });
  app.get('/moderation', async (c) => {
    const model = await moderationModel(store.db, isLoggedIn(c, operator), c.req.query('said') ?? '', clock.now());
    return frame(c, 'Moderation', 'outbox', templates.render('moderation', model));
  });
  const back = (c: Context, said = '') => c.redirect(said === '' ? '/moderation' : `/moderation?said=${said}`, 303);
  // Where somebody lands who reloads what a wrong token led to, or keeps its address.
  app.get('/moderation/login', (c) => back(c));
  app.post('/moderation/:action{(?:login|logout|approve|reject)}', async (c) => {
    if (!isFromHere(c, operator)) return c.text('This form was not sent from a page of this bot.\n', 403);
    const form: Readonly<Record<string, unknown>> = await c.req.parseBody().catch(() => ({}));
    const field = (name: string, most: number) => (typeof form[name] === 'string' ? form[name].slice(0, most) : '');
    const action = c.req.param('action');
    if (action === 'login') {
      const token = field('token', 200).trim();
      if (!isToken(operator, token)) {
        log.warn('somebody gave a wrong token for moderation');
        return back(c, 'wrong');
      }
      logIn(c, operator, token);
      return back(c);
    }
    if (action === 'logout') {
      logOut(c);
      return back(c);
    }
    if (!isLoggedIn(c, operator)) return c.text('Log in first: /moderation\n', 401);
    const msgid = field('msgid', 1_000);
    const reason =
      field('reason', 500)
        .replace(/\p{Cc}+/gu, ' ')
        .trim() || 'rejected on the web page';
    const done = await store.transaction((tx) =>
      action === 'approve' ? approve(tx, msgid, clock.now(), ['waiting']) : drop(tx, msgid, reason, ['waiting']),
    );
    log.info({ mail: msgid, action, done }, 'moderated on the web page');
    if (!done) return back(c, 'late');
    return back(c, action === 'approve' ? 'approved' : 'rejected');
  });
}
