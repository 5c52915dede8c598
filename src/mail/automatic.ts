import { firstValue } from './headers.ts';
import type { HeaderField } from './headers.ts';
import { parseParameters } from './parameters.ts';

/**
 * True for mail that no program may answer (RFC 3834 §2): replies to machines make loops. Precedence `bulk` on a list's mail
 * is the list's own mark and says nothing.
 */
export function isAutomatic(fields: readonly HeaderField[], fromList: boolean): boolean {
  const value = (name: string): string | null => firstValue(fields, name);
  const submitted = parseParameters(value('auto-submitted') ?? 'no').value;
  const precedence = value('precedence')?.toLowerCase() ?? '';
  return (
    submitted !== 'no' ||
    precedence === 'auto_reply' ||
    (!fromList && ['bulk', 'junk'].includes(precedence)) ||
    value('return-path')?.replace(/\s/g, '') === '<>' ||
    value('x-autoreply') !== null ||
    value('x-patchloom') !== null ||
    (value('content-type')?.toLowerCase().startsWith('multipart/report') ?? false)
  );
}
