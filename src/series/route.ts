import type { Entry } from './entry.ts';
import type { ProjectRules } from './series.ts';

/** The one spelling for a list's address and its List-Id (RFC 2919): `xen-devel.lists.xenproject.org`. */
function placeName(list: string): string {
  return list.toLowerCase().replace('@', '.');
}

/** Where a mail was sent. */
function placesOf(entry: Entry): ReadonlySet<string> {
  return new Set([...entry.recipients.map((person) => person.email), ...entry.listIds].map(placeName));
}

/**
 * The projects that take a mail, in the order of `rules`. Where a subject word names projects of its lists, those; else of each list that it was
 * sent to the one that takes what nobody is named for (`fallback`, or no words of its own): a mail to two lists is in two
 * projects. A project of any list takes only what no list's own project does.
 */
export function projectsOf(entry: Entry, rules: readonly ProjectRules[]): ProjectRules[] {
  const places = placesOf(entry);
  const addressed = (rule: ProjectRules): string | undefined => rule.lists.find((list) => places.has(placeName(list)));
  const open = rules.filter((rule) => rule.lists.length === 0 || addressed(rule) !== undefined);
  const named = open.filter((rule) => rule.prefixes.some((word) => entry.parsed.words.includes(word)));
  if (named.length > 0) return named;
  const takers = open.filter((rule) => rule.fallback || rule.prefixes.length === 0);
  const ofLists = takers.filter((rule) => rule.lists.length > 0);
  if (ofLists.length === 0) return takers.slice(0, 1);
  return ofLists.filter((rule, at) => ofLists.findIndex((other) => addressed(other) === addressed(rule)) === at);
}
