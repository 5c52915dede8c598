import { readMail } from '../handlers/read-mail.ts';
import { rangeDiff } from './mirror/range-diff/range-diff.ts';
import { addTrailers } from './patch/trailers.ts';
import { trailersFor } from './review/trailers-for.ts';
import type { PatchContent, PatchReader } from './web/options.ts';

/** What one page compares at most: both versions together. */
const COMPARED_PATCHES = 120;
const COMPARED_CHARACTERS = 3_000_000;

/** What the pages need of the stages that they may not import. */
export const PAGE_PATCHES: PatchReader = {
  async read(raw, tags) {
    const { patch } = await readMail(raw);
    if (patch === null) return null;
    const { title, author, authorDate, message, notes, diff } = patch;
    const tagged = addTrailers(message, trailersFor(tags));
    return { title, author, authorDate, own: message, message: tagged, notes, diff };
  },
  compare(old, fresh) {
    const size = [...old, ...fresh].reduce((sum, { diff }) => sum + diff.length, 0);
    if (old.length + fresh.length > COMPARED_PATCHES || size > COMPARED_CHARACTERS) return null;
    return rangeDiff(old.map(asMirrored), fresh.map(asMirrored));
  },
};

/** Both sides as mailed: a tag that has come since is no difference of the versions. */
function asMirrored({ title, author, authorDate, own, diff }: PatchContent, at: number) {
  return { index: at + 1, msgid: '', title, author, authorDate, message: own, diff };
}
