/** Is told of a commit that something has happened to. */
export type Heard = (repository: string, commit: string) => Promise<void>;

/** Tells of the commit whose id stands in an event at `path`; an event without a repository or an id is nothing to us. */
export async function hear(heard: Heard, payload: unknown, path: readonly string[]): Promise<void> {
  const [repository, commit] = [textAt(payload, ['repository', 'full_name']), textAt(payload, path)];
  if (repository !== null && commit !== null && /^[0-9a-f]{40,64}$/.test(commit)) await heard(repository, commit);
}

function textAt(payload: unknown, path: readonly string[]): string | null {
  let value = payload;
  for (const step of path)
    value = typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[step] : null;
  return typeof value === 'string' ? value : null;
}
