import type { Address } from '../mail/message.ts';
import type { Maintainers, Section } from './maintainers.ts';
import { coverageOf, keywordSections } from './maintainers-cover.ts';
import type { MaintainersOptions } from './maintainers-conf.ts';
import { type Mailmap, mapped } from './mailmap.ts';

/** Somebody who is to be told of a patch, and why. */
export interface Recipient {
  /** Name is empty for a list. */
  readonly name: string;
  readonly email: string;
  readonly role: 'maintainer' | 'reviewer' | 'list';
  readonly section: string;
  /** S: of the section. */
  readonly status: string;
}

/** What is asked about. */
export interface MaintainersQuestion {
  /** Old and new names of all files. */
  readonly paths: readonly string[];
  /** Lines that keywords are looked for in: the text above the diff, and added and removed lines. */
  readonly lines: readonly string[];
}

function recipientsOf(section: Section, options: MaintainersOptions): Recipient[] {
  const from = { section: section.name, status: section.status };
  const people = (role: 'maintainer' | 'reviewer', list: readonly Address[]) =>
    list.map(({ name, email }): Recipient => ({ name, email, role, ...from }));
  const lists = section.lists
    .filter(({ note }) => options.subscriberLists || !note.includes('subscribers-only'))
    .map(({ email }): Recipient => ({ name: '', email, role: 'list', ...from }));
  return [
    ...(options.maintainers ? people('maintainer', section.maintainers) : []),
    ...(options.reviewers ? people('reviewer', section.reviewers) : []),
    ...(options.lists ? lists : []),
  ];
}

/** Sections for the files in order, deepest first for each, and whether some file has no other than THE REST. */
function sectionsFor(
  maintainers: Maintainers,
  paths: readonly string[],
  depth: number,
): { readonly sections: readonly Section[]; readonly needsRest: boolean } {
  const sections = new Set<Section>();
  let needsRest = false;
  for (const path of paths) {
    const own = path.split('/').length - 1;
    const covering = coverageOf(maintainers, path).filter((one) => depth === 0 || own - one.depth < depth);
    for (const { section } of covering) sections.add(section);
    if (covering.every(({ section }) => section.rest)) needsRest = true;
  }
  return { sections: [...sections], needsRest };
}

/**
 * Who is to be told of a change, as `scripts/get_maintainer.pl` of the same tree answers without git history: people in the order in
 * which their sections apply, then lists. Xen's rule for THE REST: its people are left out where each file has another section and
 * at least one maintainer was found there. One line for each address, for the first reason found.
 */
export function recipientsFor(
  maintainers: Maintainers,
  question: MaintainersQuestion,
  options: MaintainersOptions,
  mailmap: Mailmap,
): readonly Recipient[] {
  const paths = [...new Set(question.paths)].sort();
  const { sections, needsRest } = sectionsFor(maintainers, paths, options.patternDepth);
  const all = sections.flatMap((section) => recipientsOf(section, options).map((one) => ({ one, rest: section.rest })));
  const others = all.some(({ one, rest }) => one.role === 'maintainer' && !rest);
  const drop = options.dropRest && !needsRest && others;
  const found = all.filter(({ one, rest }) => !(drop && rest && one.role === 'maintainer')).map(({ one }) => one);
  const keyword = options.keywords ? keywordSections(maintainers, question.lines) : [];
  found.push(...keyword.flatMap((section) => recipientsOf(section, options)));
  const known = new Map<string, Recipient>();
  const names = new Set<string>();
  for (const one of found) {
    const person = options.mailmap && one.role !== 'list' ? { ...one, ...mapped(mailmap, one) } : one;
    const [key, name] = [person.email.toLowerCase(), person.name.toLowerCase()];
    if (known.has(key) || (options.removeDuplicates && names.has(name))) continue;
    known.set(key, person);
    if (name !== '') names.add(name);
  }
  const told = [...known.values()];
  return [...told.filter(({ role }) => role !== 'list'), ...told.filter(({ role }) => role === 'list')];
}
