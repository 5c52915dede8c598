import { Eta } from 'eta';
import type { CommitNote } from '../ci/commit-note.ts';
import { PatchloomError } from '../util/errors.ts';
import type { GithubClient } from './client.ts';

const NAME = 'patchloom';
const LINES = 60;
const LINE_LENGTH = 200;

/**
 * Writes the bot's own check-run of a commit, or brings it up to date: it is looked for by its name first, so that it may be repeated.
 * @param template text of templates/github/check-run.eta
 */
export function checkRunWriter(client: GithubClient, template: string): (note: CommitNote) => Promise<void> {
  const { owner, repo } = client;
  const render = renderer(template);
  return async (note) => {
    const values = {
      status: 'completed' as const,
      conclusion: note.conclusion,
      output: { title: note.title, summary: render(note) },
      ...(note.page === null ? {} : { details_url: note.page }),
    };
    await client.call('writing a check', async (octokit) => {
      const known = await octokit.checks.listForRef({ owner, repo, ref: note.commit, check_name: NAME, per_page: 1 });
      const [own] = known.data.check_runs;
      if (own === undefined) await octokit.checks.create({ owner, repo, name: NAME, head_sha: note.commit, ...values });
      else await octokit.checks.update({ owner, repo, check_run_id: own.id, ...values });
    });
  };
}

/** @throws PatchloomError TEMPLATE_INVALID where the template does not compile or uses what it does not have */
function renderer(template: string): (note: CommitNote) => string {
  const eta = new Eta({ autoEscape: false, autoTrim: false });
  const render = ({ missing, said, page }: Pick<CommitNote, 'missing' | 'said' | 'page'>) =>
    eta.renderString(template, {
      missing: missing.slice(0, LINES).map(fenced),
      said: said.slice(0, LINES).map(fenced),
      page: page ?? '',
    });
  try {
    render({ missing: ['x'], said: ['x'], page: 'x' });
  } catch (error) {
    throw new PatchloomError('TEMPLATE_INVALID', `templates/github/check-run.eta: ${(error as Error).message}`, {
      cause: error,
    });
  }
  return render;
}

/** A line that stands between fences: it cannot end them, and is one line. */
function fenced(line: string): string {
  return line
    .replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]+/gu, ' ')
    .replaceAll('`', "'")
    .slice(0, LINE_LENGTH);
}
