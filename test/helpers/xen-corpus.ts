import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { COUNTING, type Tag } from '../../src/review/tag.ts';
import { mboxSource } from '../../src/source/mbox.ts';
import { corpusPath } from './corpus.ts';
import { componentsOf, type Derived, deriveAll, type Digested, digestOf } from './digests.ts';

/** One tag that a careful maintainer would carry, or, with one of the marks, that a machine must not. */
interface Expected {
  readonly tag: string;
  readonly email: string;
  readonly msgid_given_in: string | null;
  readonly scope?: string;
  readonly machine_should_carry?: boolean;
  readonly conditional?: boolean | string;
  readonly blocking?: boolean;
}

export interface ExpectedPatch {
  readonly n: number;
  readonly m: number;
  readonly subject: string;
  readonly msgid: string;
  readonly missing_mail?: boolean;
  readonly expected_tags: readonly Expected[];
}

/** A real xen-devel thread with what is to be found in it. */
export interface Thread {
  readonly name: string;
  readonly series: readonly { readonly version: number; readonly patches: readonly ExpectedPatch[] }[];
}

/** Folder of the threads below the corpus. */
export const XEN_THREADS = 'xen-dev';

/** Names of the threads; none where the corpus is not there. */
export const threadNames: readonly string[] = existsSync(corpusPath(XEN_THREADS))
  ? readdirSync(corpusPath(XEN_THREADS)).flatMap((file) => (file.endsWith('.json') ? [file.slice(0, -5)] : []))
  : [];

export async function readThread(name: string): Promise<{ thread: Thread; mails: Digested[] }> {
  const thread = JSON.parse(readFileSync(corpusPath(`${XEN_THREADS}/${name}.json`), 'utf8')) as Thread;
  const mails: Digested[] = [];
  const { signal } = new AbortController();
  for await (const mail of mboxSource(corpusPath(`${XEN_THREADS}/${name}.mbox`)).read(null, signal))
    mails.push(await digestOf(mail.raw));
  return { thread, mails };
}

/** The mails' components, each derived. */
export function deriveThread(mails: readonly Digested[]): Derived {
  const parts = componentsOf(mails).map((component) => deriveAll(component));
  return {
    series: parts.flatMap((part) => part.series),
    dispositions: parts.flatMap((part) => part.dispositions),
    tags: new Map(parts.flatMap((part) => [...part.tags])),
  };
}

const byText = (one: string, other: string): number => (one < other ? -1 : Number(one > other));

/** Tags that must count for a patch, a line each, sorted. */
export function wantedTags(patch: ExpectedPatch): string[] {
  return patch.expected_tags
    .filter((tag) => tag.machine_should_carry !== false && tag.conditional === undefined && tag.blocking !== true)
    .map((tag) => line(tag.tag, tag.email, tag.msgid_given_in ?? '', tag.scope))
    .sort(byText);
}

/** Tags that do count, in the same form. */
export function foundTags(tags: readonly Tag[]): string[] {
  return tags
    .filter((tag) => COUNTING.has(tag.status))
    .map((tag) => line(tag.kind, tag.email, tag.givenIn, tag.area === null ? null : `#${tag.area}`))
    .sort(byText);
}

/** `scope` of the corpus is an area after `#`, or the word `series` for where the tag was said. */
function line(kind: string, email: string, givenIn: string, scope: string | null | undefined): string {
  const area = scope == null || scope === 'series' ? '' : ` ${scope.replace(/^#\s*/, '#')}`;
  return `${kind} ${email.toLowerCase()} in ${givenIn}${area}`;
}
