/** What `git format-patch --base` puts at the end of a cover letter, or of the first patch where there is none. */
export interface BaseLines {
  /** `base-commit:`, or null. */
  readonly commit: string | null;
  /** `prerequisite-patch-id:` of the patches that come between that commit and the series, in order: `git patch-id --stable`. */
  readonly prerequisites: readonly string[];
}

/** A longer list is of no use to anybody. */
const MOST = 200;

/** Reads the lines that say what a series stands on, anywhere in a mail. */
export function baseLines(lines: readonly string[]): BaseLines {
  let commit: string | null = null;
  const prerequisites: string[] = [];
  for (const line of lines) {
    const [, name, id] = /^(base-commit|prerequisite-patch-id): ([0-9a-f]{40,64})\s*$/.exec(line) ?? [];
    if (id === undefined) continue;
    if (name === 'base-commit') commit ??= id;
    else if (prerequisites.length < MOST) prerequisites.push(id);
  }
  return { commit, prerequisites };
}
