/** A pipeline on GitLab, or a workflow run on GitHub, as a web address names it. */
export interface PipelineLink {
  readonly url: string;
  /** `https://gitlab.com`. */
  readonly origin: string;
  readonly kind: 'gitlab' | 'github';
  /** `group/sub/project`, or `owner/name`. */
  readonly project: string;
  readonly id: number;
}

const MOST = 4;
const GITLAB = /https:\/\/[a-z0-9.-]{1,100}\/(?:[\w.-]{1,80}\/){2,8}-\/pipelines\/\d{1,15}/gi;
const GITHUB = /https:\/\/[a-z0-9.-]{1,100}\/[\w.-]{1,80}\/[\w.-]{1,100}\/actions\/runs\/\d{1,15}/gi;

/** Links to the author's own CI in the text of a cover, or below the `---` of a patch; at most four. Quoted lines are not the author's. */
export function pipelineLinks(text: string): readonly PipelineLink[] {
  const own = text
    .slice(0, 100_000)
    .split('\n')
    .filter((line) => !line.startsWith('>'))
    .join('\n');
  const found = [...own.matchAll(GITLAB), ...own.matchAll(GITHUB)].flatMap(([url]) => linkOf(url));
  return [...new Map(found.map((link) => [link.url, link])).values()].slice(0, MOST);
}

function linkOf(url: string): PipelineLink[] {
  const [origin = ''] = /^https:\/\/[^/]+/.exec(url) ?? [];
  const parts = url.slice(origin.length + 1).split('/');
  const id = Number(parts.at(-1));
  const kind = parts.at(-3) === '-' ? 'gitlab' : 'github';
  const project = parts.slice(0, -3).join('/');
  if (parts.some((part) => part === '..' || part === '.') || !Number.isSafeInteger(id)) return [];
  return [{ url, origin: origin.toLowerCase(), kind, project, id }];
}

/** The author's remarks below the commit message: what stands between the first `---` line and the diff; the whole text of a cover. */
export function remarksBelow(text: string, isCover: boolean): string {
  if (isCover) return text;
  const start = /^---[ \t]*\r?$/m.exec(text);
  if (start === null) return '';
  const rest = text.slice(start.index);
  const end = /^(?:diff --git |Index: |--- (?!\r?$)\S)/m.exec(rest);
  return end === null ? rest : rest.slice(0, end.index);
}
