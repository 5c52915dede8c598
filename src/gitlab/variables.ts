import type { RemoteWork } from '../ci/remote.ts';

/**
 * The variables of a project for one pipeline: `{jobs}` becomes a regular expression between slashes that matches the planned jobs and no other
 * (Xen's SELECTED_JOBS_ONLY), `{base}` and `{tip}` the commits below the series and at the end of what is built (Xen's build-each-commit).
 */
export function variablesFor(
  variables: Readonly<Record<string, string>>,
  { jobs, base, tip }: RemoteWork,
): Readonly<Record<string, string>> {
  const names = jobs.map((name) => name.replace(/[^\w-]/g, '\\$&')).join('|');
  const pattern = jobs.length === 0 ? '/.*/' : `/^(${names})$/`;
  const fill = (value: string) =>
    value
      .replaceAll('{jobs}', () => pattern)
      .replaceAll('{base}', base)
      .replaceAll('{tip}', tip);
  return Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, fill(value)]));
}
