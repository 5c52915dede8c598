import { PatchloomError } from '../util/errors.ts';

/** The clear line for a path that cannot be read; errors that are already clear stay as they are. */
export function unreadable(path: string, error: unknown): PatchloomError {
  if (error instanceof PatchloomError) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'ENOENT')
    return new PatchloomError('SOURCE_MISSING', `${path}: no such file or directory`, { cause: error });
  const reasons: Readonly<Record<string, string>> = {
    EACCES: 'permission denied',
    EPERM: 'permission denied',
    EISDIR: 'is a directory',
  };
  const reason =
    reasons[code] ??
    (code.startsWith('Z_') ? 'damaged gzip data' : error instanceof Error ? error.message : String(error));
  return new PatchloomError('SOURCE_UNREADABLE', `${path}: cannot be read: ${reason}`, { cause: error });
}
