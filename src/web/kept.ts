/**
 * A value that is costly to make and may be a little old. It is kept as a promise, so that who comes while it is made waits for the same
 * one; a failed one is forgotten.
 * @param forMs how long one is given out
 */
export function kept<T>(forMs: number, make: (now: number) => Promise<T>): (now: number) => Promise<T> {
  let last: { readonly at: number; readonly value: Promise<T> } | null = null;
  return async (now) => {
    // A clock that was set back makes nothing last for ever.
    if (last === null || Math.abs(now - last.at) >= forMs) last = { at: now, value: make(now) };
    const mine = last;
    try {
      return await mine.value;
    } catch (error) {
      if (last === mine) last = null;
      throw error;
    }
  };
}
