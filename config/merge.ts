type Block = Readonly<Record<string, unknown>>;

function isBlock(value: unknown): value is Block {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `over` laid on `base`: blocks are merged key by key, all else is replaced. */
export function merge(base: unknown, over: unknown): unknown {
  if (!isBlock(base) || !isBlock(over)) return over;
  const keys = new Set([...Object.keys(base), ...Object.keys(over)]);
  return Object.fromEntries(
    [...keys].map((key) => [key, Object.hasOwn(over, key) ? merge(base[key], over[key]) : base[key]]),
  );
}

/** Takes out the projects that are `null`: how a file says that it does not want one of its preset's. */
export function dropNullProjects(file: unknown): unknown {
  if (!isBlock(file) || !isBlock(file['projects'])) return file;
  const kept = Object.entries(file['projects']).filter(([, project]) => project !== null);
  return { ...file, projects: Object.fromEntries(kept) };
}
