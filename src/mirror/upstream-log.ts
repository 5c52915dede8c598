import type { Address } from '../mail/message.ts';
import { gitFailed, runGit } from './git.ts';

/** A commit of upstream with what people wrote into it. Dates are ISO 8601 with zone. */
export interface UpstreamCommit {
  readonly commit: string;
  readonly parents: readonly string[];
  readonly author: Address;
  readonly authored: string;
  readonly committer: Address;
  readonly committed: string;
  /** Whole message; its first line is the title. */
  readonly message: string;
  readonly title: string;
  /** Touched files, old and new names of moved ones; empty for a merge. */
  readonly paths: readonly string[];
}

/** Which commits: those that can be reached from `to` and not from any of `not`. All are full commit ids. */
export interface LogRange {
  readonly to: string;
  readonly not?: readonly string[];
  /** Committed at or after this time, ISO 8601. */
  readonly since?: string;
  /** Committed before this time, ISO 8601. */
  readonly until?: string;
  /** At most so many, the newest. */
  readonly limit?: number;
}

const FIELDS = ['%H', '%P', '%an', '%ae', '%aI', '%cn', '%ce', '%cI', '%B'];
const MOST_OUTPUT_MS = 30 * 60_000;

/** Takes the records apart: fields and paths end in NUL, which none of them can hold. */
function parse(output: string): UpstreamCommit[] {
  const tokens = output.split('\0');
  const commits: UpstreamCommit[] = [];
  for (let at = 0; at < tokens.length; ) {
    if (tokens[at] === '' || tokens[at] === '\n') {
      at += 1;
      continue;
    }
    const [commit = '', parents = '', an = '', ae = '', authored = '', cn = '', ce = '', committed = '', message = ''] =
      tokens.slice(at, at + FIELDS.length);
    at += FIELDS.length;
    const paths: string[] = [];
    if (tokens[at] === '' && (tokens[at + 1] ?? '').startsWith('\n')) {
      paths.push((tokens[at + 1] ?? '').slice(1));
      for (at += 2; at < tokens.length && tokens[at] !== ''; at += 1) paths.push(tokens[at] ?? '');
    }
    commits.push({
      commit,
      parents: parents === '' ? [] : parents.split(' '),
      author: { name: an, email: ae },
      authored,
      committer: { name: cn, email: ce },
      committed,
      message,
      title: message.split('\n', 1)[0] ?? '',
      paths: paths.filter((path) => path !== ''),
    });
  }
  return commits;
}

/**
 * Commits of a range, newest first, without merges.
 * @throws PatchloomError GIT_FAILED
 */
export async function upstreamLog(repository: string, range: LogRange): Promise<readonly UpstreamCommit[]> {
  const options = [
    '--no-merges',
    '--no-renames',
    '--name-only',
    '-z',
    '--no-show-signature',
    `--format=tformat:${FIELDS.map((field) => `%x00${field}`).join('')}%x00`,
    ...(range.since === undefined ? [] : [`--since=${range.since}`]),
    ...(range.until === undefined ? [] : [`--until=${range.until}`]),
    ...(range.limit === undefined ? [] : [`--max-count=${range.limit}`]),
  ];
  const ids = [range.to, ...(range.not ?? []).map((id) => `^${id}`)];
  const result = await runGit(repository, ['log', ...options, '--stdin'], {
    input: ids.map((id) => `${id}\n`).join(''),
    timeout: MOST_OUTPUT_MS,
  });
  if (result.code !== 0) throw gitFailed(repository, 'log', result);
  return parse(result.stdout.toString('utf8'));
}

/**
 * Everybody who had written a commit before a time, on any branch of upstream; each name and address once.
 * @param before ISO 8601
 * @throws PatchloomError GIT_FAILED
 */
export async function authorsBefore(repository: string, before: string): Promise<readonly Address[]> {
  // Branches that patchloom made itself are not upstream's.
  const refs = ['--exclude=refs/heads/patchloom/*', '--all'];
  const result = await runGit(repository, ['log', ...refs, `--until=${before}`, '--format=%an%x00%ae'], {
    timeout: MOST_OUTPUT_MS,
  });
  if (result.code !== 0) throw gitFailed(repository, 'log', result);
  const lines = new Set(result.stdout.toString('utf8').split('\n'));
  return [...lines].flatMap((line) => {
    const [name = '', email = ''] = line.split('\0');
    return line === '' ? [] : [{ name, email }];
  });
}
