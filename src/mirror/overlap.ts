/**
 * Calls of `run` that overlap share a run, but none that began before the call: what a caller wants to see may be newer. So while one is
 * under way, all that call wait for the next.
 */
export function sharedRuns(run: () => Promise<void>): () => Promise<void> {
  let current: Promise<void> | null = null;
  let next: Promise<void> | null = null;
  const call = (): Promise<void> => {
    if (current === null) {
      current = run().finally(() => (current = null));
      return current;
    }
    next ??= current
      .catch(() => {})
      .then(() => {
        next = null;
        return call();
      });
    return next;
  };
  return call;
}
