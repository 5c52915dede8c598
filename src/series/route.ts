import type { Entry } from './entry.ts';
import type { ProjectRules } from './series.ts';

/** Where a mail was sent, in the two spellings of a list: address and List-Id (RFC 2919), lower case. */
function placesOf(entry: Entry): ReadonlySet<string> {
  const addresses = entry.recipients.map((person) => person.email.toLowerCase());
  return new Set([...addresses, ...addresses.map((address) => address.replace('@', '.')), ...entry.listIds]);
}

/**
 * The projects that take a mail, in the order of `rules`. Where a subject word names projects of its lists, those; else of each list that it was
 * sent to the one that takes what nobody is named for (`fallback`, or no words of its own): a mail to two lists is in two
 * projects. A project of any list takes only what no list's own project does.
 */
export function projectsOf(entry: Entry, rules: readonly ProjectRules[]): ProjectRules[] {
  const places = placesOf(entry);
  const addressed = (rule: ProjectRules): string | undefined =>
    rule.lists.find((list) => places.has(list.toLowerCase()));
  const open = rules.filter((rule) => rule.lists.length === 0 || addressed(rule) !== undefined);
  const named = open.filter((rule) => rule.prefixes.some((word) => entry.parsed.words.includes(word)));
  if (named.length > 0) return named;
  const takers = open.filter((rule) => rule.fallback || rule.prefixes.length === 0);
  const ofLists = takers.filter((rule) => rule.lists.length > 0);
  if (ofLists.length === 0) return takers.slice(0, 1);
  return ofLists.filter((rule, at) => ofLists.findIndex((other) => addressed(other) === addressed(rule)) === at);
}
