import { type SeriesView, seriesView } from '../src/report/view.ts';
import type { LandingView } from '../src/report/landing.ts';
import type { Disposition } from '../src/series/series.ts';
import type { Address } from '../src/mail/message.ts';
import { factsOfAll } from '../src/store/facts.ts';
import { copiesOf, digestOf, type StoredMessage } from '../src/store/messages.ts';
import type { Db } from '../src/store/schema.ts';
import type { StoredSeries } from '../src/store/series.ts';
import { type Wish, wishesAbout } from '../src/store/wishes.ts';
import type { Context } from './context.ts';
import { landingViews } from './queue.ts';

/** One mail in JSON: where it ended and why, what it says, and its copies. Without its head where it was not read yet. */
export interface MailView extends Disposition {
  readonly subject?: string;
  readonly from?: Address;
  readonly date?: string;
  readonly remarks: readonly {
    readonly kind: string;
    readonly name: string;
    readonly email: string;
    readonly line: string;
  }[];
  readonly copies: readonly StoredMessage[];
}

/** A change in JSON: all its versions, oldest first, each with where upstream has its patches. */
export interface ChangeView {
  readonly change: string;
  readonly project: string;
  readonly versions: readonly (SeriesView & { readonly upstream: readonly LandingView[] })[];
  /** Why nothing is said about it, where that is so. */
  readonly wishes: readonly Wish[];
}

/** What `patchloom show MSGID --json` and the JSON API say of a mail. */
export async function mailView(db: Db, disposition: Disposition): Promise<MailView> {
  const copies = await copiesOf(db, disposition.msgid);
  const digest = await digestOf(db, disposition.msgid);
  const remarks = digest?.remarks.map(({ kind, name, email, line }) => ({ kind, name, email, line })) ?? [];
  const head =
    digest === null ? {} : { subject: digest.entry.subject, from: digest.entry.from, date: digest.entry.date };
  return { ...head, ...disposition, remarks, copies };
}

/** What `patchloom show CHANGE --json` and the JSON API say of a change. @param versions oldest first, at least one */
export async function changeView(
  context: Pick<Context, 'store'>,
  versions: readonly StoredSeries[],
): Promise<ChangeView> {
  const shown: ChangeView['versions'][number][] = [];
  for (const [at, facts] of (await factsOfAll(context.store.db, versions)).entries()) {
    const stored = versions[at];
    if (stored !== undefined) shown.push({ ...seriesView(facts), upstream: await landingViews(context, stored) });
  }
  const [first] = versions;
  const wishes = first === undefined ? [] : await wishesOn(context.store.db, first);
  return { change: first?.series.change ?? '', project: first?.series.project ?? '', versions: shown, wishes };
}

/** Why nothing is said about a change, where that is so. */
export async function wishesOn(db: Db, { series }: StoredSeries): Promise<readonly Wish[]> {
  return wishesAbout(db, { project: series.project, change: series.change, author: series.author.email });
}
