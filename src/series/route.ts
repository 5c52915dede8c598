import type { Entry } from './entry.ts';
import type { ProjectRules } from './series.ts';

/** Where a mail was sent, in the two spellings of a list: address and List-Id (RFC 2919), lower case. */
function placesOf(entry: Entry): ReadonlySet<string> {
  const addresses = entry.recipients.map((person) => person.email.toLowerCase());
  return new Set([...addresses, ...addresses.map((address) => address.replace('@', '.')), ...entry.listIds]);
}

/**
 * The project that takes a mail, or null. Among the projects of its lists, the one that a subject word names; else the first
 * that takes what nobody is named for (`fallback`, or no words of its own).
 */
export function projectOf(entry: Entry, rules: readonly ProjectRules[]): ProjectRules | null {
  const places = placesOf(entry);
  const open = rules.filter(
    (rule) => rule.lists.length === 0 || rule.lists.some((list) => places.has(list.toLowerCase())),
  );
  const named = open.find((rule) => rule.prefixes.some((word) => entry.parsed.words.includes(word)));
  return named ?? open.find((rule) => rule.fallback || rule.prefixes.length === 0) ?? null;
}
