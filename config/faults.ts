/** A file that is no configuration at all breaks a rule in each of its lines. */
const MOST_SHOWN = 50;

/** The faults of a file, one a line: the first ones, and how many more there are. @param name the user's own file */
export function printFaults(name: string, lines: readonly string[]): string {
  const more = lines.length - MOST_SHOWN;
  if (more <= 0) return lines.join('\n');
  return [...lines.slice(0, MOST_SHOWN), `${name}: and ${more} more`].join('\n');
}
