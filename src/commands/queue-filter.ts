import type { Queued } from '../../handlers/queue.ts';
import { PatchloomError } from '../util/errors.ts';
import type { Invocation } from './command.ts';

const DAY = 86_400_000;

/** `--limit N`, `--days N`. @throws PatchloomError USAGE */
export function numberOf(invocation: Invocation, option: 'limit' | 'days', standard: number): number {
  const given = invocation.options[option];
  if (typeof given !== 'string') return standard;
  if (!/^\d{1,9}$/.test(given)) throw new PatchloomError('USAGE', `--${option}: "${given.slice(0, 20)}" is no number`);
  return Number(given);
}

/** Time of posting from which on `--days` wants series; all where it is not given. Epoch ms. */
export function sinceOf(invocation: Invocation, now: number): number {
  const days = numberOf(invocation, 'days', Number.POSITIVE_INFINITY);
  return Number.isFinite(days) ? now - days * DAY : 0;
}

/** Those of a queue that the words and `--target` want: words in subjects, author or change; `author:NAME`. */
export function narrow(queue: readonly Queued[], invocation: Invocation): readonly Queued[] {
  const words = invocation.words.flatMap((word) => word.toLowerCase().split(/\s+/)).filter((word) => word !== '');
  const target = invocation.options['target'];
  return queue.filter(({ series }) => {
    const author = `${series.author.name} <${series.author.email}>`.toLowerCase();
    const text = [series.subject, author, series.change, ...series.patches.map(({ subject }) => subject)]
      .join('\n')
      .toLowerCase();
    const wanted = words.every((word) =>
      word.startsWith('author:') ? author.includes(word.slice(7)) : text.includes(word),
    );
    return wanted && (typeof target !== 'string' || (series.target ?? 'none') === target);
  });
}
