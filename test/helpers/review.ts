import { parseMessage } from '../../src/mail/parse.ts';
import { remarksOf } from '../../src/review/remarks.ts';
import type { Remark, Tag } from '../../src/review/tag.ts';
import { COUNTING } from '../../src/review/tag.ts';
import { type ProjectRules, seriesId } from '../../src/series/series.ts';
import { type Derived, deriveAll, digestOf } from './digests.ts';
import { type MailParts, mailText, msgid, patchBody } from './mail-text.ts';

/** Who reviews where a test does not say. */
export const ROB = 'Rob Reviewer <rob@example.org>';
export const SUE = 'Sue Second <sue@example.net>';

/** `minutes` after ten o'clock, as a Date header. */
export function at(minutes: number): string {
  return new Date(Date.UTC(2024, 5, 3, 10, minutes)).toUTCString().replace('GMT', '+0000');
}

/** A patch mail of Ann Author that adds a line of its own; `line` changes the content. */
export function patchMail(id: string, subject: string, rest: Partial<MailParts> & { line?: string } = {}): MailParts {
  const { line = `line of ${subject.replace(/^.*\] /, '')}`, ...parts } = rest;
  return { id, subject, body: patchBody('file.c', line), date: at(0), ...parts };
}

/** A cover and `count` patches below it, all at ten o'clock. */
export function seriesMails(count: number, version = 1): MailParts[] {
  const v = version > 1 ? ` v${version}` : '';
  const cover = { id: `v${version}.0`, subject: `[PATCH${v} 0/${count}] work`, date: at(version * 100) };
  const patches = Array.from({ length: count }, (_, index) =>
    patchMail(`v${version}.${index + 1}`, `[PATCH${v} ${index + 1}/${count}] part ${index + 1}`, {
      replyTo: cover.id,
      date: at(version * 100 + 1 + index),
    }),
  );
  return [cover, ...patches];
}

let answers = 0;

/** What Rob answers to mail `to`; later answers of one test are later. */
export function answer(to: string, body: string, rest: Partial<MailParts> = {}): MailParts {
  answers += 1;
  return {
    id: `answer${answers}`,
    subject: 'Re: [PATCH] work',
    from: ROB,
    replyTo: to,
    date: at(1000 + answers),
    body: `${body}\n`,
    ...rest,
  };
}

export async function derive(mails: readonly MailParts[], rules?: readonly ProjectRules[]): Promise<Derived> {
  return deriveAll(await Promise.all(mails.map((parts) => digestOf(mailText(parts)))), rules);
}

/** Tags of the patch `id` in the first series that has it. */
export function tagsOf(derived: Derived, id: string): readonly Tag[] {
  const series = derived.series.find((one) => one.patches.some((patch) => patch.msgid === msgid(id)));
  return series === undefined ? [] : (derived.tags.get(seriesId(series))?.patches.get(msgid(id)) ?? []);
}

/** `given Reviewed-by Rob Reviewer # area`, a line each, in the order in which they stand. */
export function told(tags: readonly Tag[]): string[] {
  return tags.map((tag) => {
    const area = tag.area === null ? '' : ` # ${tag.area}`;
    return `${tag.status} ${tag.kind} ${tag.name === '' ? tag.email : tag.name}${area}`;
  });
}

/** `told` for the patch `id` after `mails`. */
export async function toldOf(mails: readonly MailParts[], id: string): Promise<string[]> {
  return told(tagsOf(await derive(mails), id));
}

/** `told` for a lone patch after one answer with this body. */
export async function toldAfter(body: string, rest: Partial<MailParts> = {}): Promise<string[]> {
  return toldOf([patchMail('p', '[PATCH] fix'), answer('p', body, rest)], 'p');
}

/** Numbers of the patches of a series of four on which a tag counts, after one answer to `to`. */
export async function countedOn(to: string, body: string): Promise<number[]> {
  const derived = await derive([...seriesMails(4), answer(to, body)]);
  return [1, 2, 3, 4].filter((number) => tagsOf(derived, `v1.${number}`).some((tag) => COUNTING.has(tag.status)));
}

/** What one reply says in tags, before its place is known. */
export async function remarksIn(body: string, from = ROB): Promise<Remark[]> {
  const message = await parseMessage(mailText({ id: 'r', subject: 'Re: [PATCH] fix', from, body }));
  return remarksOf(message, null);
}
