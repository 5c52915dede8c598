import type { ProjectFacts } from '../options.ts';
import type { Asked } from './asked.ts';

/** A Message-ID as Patchwork writes it in a path: without the brackets. */
export function bare(msgid: string): string {
  return msgid.replace(/^<|>$/g, '');
}

/** As a part of a path. Clients compare the `@` as it stands in Message-IDs. */
export function inPath(msgid: string): string {
  return encodeURIComponent(bare(msgid).toWellFormed()).replaceAll('%40', '@');
}

/** Page of a patch or cover. The pages `mbox/` and `raw/` are below it. */
export function postingUrl(
  { origin }: Pick<Asked, 'origin'>,
  kind: 'patch' | 'cover',
  { project, msgid }: { readonly project: string; readonly msgid: string },
): string {
  return `${origin}/project/${encodeURIComponent(project)}/${kind}/${inPath(msgid)}/`;
}

type Archived = Pick<ProjectFacts, 'name' | 'archive'>;

/** Where the list's archive has a mail: the project's own, else this server's. */
export function archiveUrl(
  { origin, projects }: { readonly origin: string; readonly projects: readonly Archived[] },
  project: string,
  msgid: string,
): string {
  const format = projects.find(({ name }) => name === project)?.archive ?? `${origin}/all/{msgid}/`;
  return format.replace('{msgid}', () => inPath(msgid));
}

/** Page of a series, in the form that clients take apart. */
export function seriesUrl({ origin }: Pick<Asked, 'origin'>, project: string, id: number): string {
  return `${origin}/project/${encodeURIComponent(project)}/list/?series=${id}`;
}
