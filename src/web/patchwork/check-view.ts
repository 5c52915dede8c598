import type { CheckState } from '../../ci/run.ts';
import type { KeptCheck } from '../../store/checks.ts';
import { type Asked, naive } from './asked.ts';
import { type NumberedUser, userEmbed } from './people-view.ts';

const WORST: readonly CheckState[] = ['fail', 'warning', 'pending', 'success'];

/** The state of all checks together: the worst; `pending` where there is none. */
export function combined(checks: readonly KeptCheck[]): CheckState {
  return WORST.find((state) => checks.some(({ check }) => check.state === state)) ?? 'pending';
}

/** A check as Patchwork has it. Who has run it: the token that posted it, else the bot, who is the first of the users. */
export function checkView(asked: Asked, patch: number, { id, at, check }: KeptCheck, users: readonly NumberedUser[]) {
  const bot = asked.apis.users[0]?.email;
  const user = users.find(({ name, email }) => (check.by === undefined ? email === bot : name === check.by));
  return {
    id,
    url: `${asked.api}/patches/${patch}/checks/${id}/`,
    user: userEmbed(asked, user),
    date: naive(at),
    state: check.state,
    target_url: check.url,
    context: slug(check.context),
    description: check.summary === '' ? null : check.summary,
  };
}

/** A context as Patchwork allows it. */
export function slug(context: string): string {
  return context.replaceAll(/[^\w-]/g, '-');
}
