import { patchesOf } from '../handlers/series-patches.ts';
import { readMail } from '../handlers/read-mail.ts';
import { rangeDiff } from './mirror/range-diff/range-diff.ts';
import { amMail } from './patch/am-mail.ts';
import type { MailTrailer } from './patch/mail-trailer.ts';
import { addTrailers } from './patch/trailers.ts';
import { trailersFor } from './review/trailers-for.ts';
import type { Store } from './store/open.ts';
import type { PatchContent, PatchReader } from './web/options.ts';

/** What one page compares at most: both versions together. */
const COMPARED_PATCHES = 120;
const COMPARED_CHARACTERS = 3_000_000;

/** What the pages need of the stages that they may not import. `trailerOf` says by which line a project's commits name their mail. */
export function pagePatches(store: Store, trailerOf: (project: string) => MailTrailer | undefined): PatchReader {
  return {
    async read(raw, tags) {
      const { patch } = await readMail(raw);
      if (patch === null) return null;
      const { title, author, authorDate, message, diff } = patch;
      return { title, author, authorDate, own: message, message: addTrailers(message, trailersFor(tags)), diff };
    },
    compare(old, fresh) {
      const size = [...old, ...fresh].reduce((sum, { diff }) => sum + diff.length, 0);
      if (old.length + fresh.length > COMPARED_PATCHES || size > COMPARED_CHARACTERS) return null;
      return rangeDiff(old.map(asMirrored), fresh.map(asMirrored));
    },
    async mbox(stored) {
      if (!stored.series.complete) return null;
      const { patches } = await patchesOf(store.db, stored, trailerOf(stored.series.project));
      return Buffer.concat(patches.map((patch) => amMail(patch, patches.length, stored.series.version)));
    },
  };
}

/** Both sides as mailed: a tag that has come since is no difference of the versions. */
function asMirrored({ title, author, authorDate, own, diff }: PatchContent, at: number) {
  return { index: at + 1, msgid: '', title, author, authorDate, message: own, diff };
}
