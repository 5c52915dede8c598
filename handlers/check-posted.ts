import { excerptOf } from '../src/ci/excerpt.ts';
import { findingsOf } from '../src/ci/findings.ts';
import type { Check, CheckState } from '../src/ci/run.ts';
import type { Series } from '../src/series/series.ts';
import { saveChecks } from '../src/store/checks.ts';
import { type NewEvent, saveEvents } from '../src/store/events.ts';
import { enqueue } from '../src/store/jobs.ts';
import { mirrorOf, mirrorsWith } from '../src/store/mirrors.ts';
import { peopleByEmail } from '../src/store/people.ts';
import { postingsOf } from '../src/store/postings.ts';
import type { Tx } from '../src/store/schema.ts';
import { seriesByKey, seriesByMsgid, type StoredSeries } from '../src/store/series.ts';
import { type Context, projectOf } from './context.ts';
import { reportJob } from './report-job.ts';

/** A result that another CI posts. Its words are the CI's; they are shown as those of any build. */
export interface PostedCheck {
  /** Full id of a mirrored commit; or null, and `msgid` is given. */
  readonly commit: string | null;
  /** Message-ID of a patch or cover; of a cover the check is of the whole series. */
  readonly msgid: string | null;
  readonly context: string;
  /** infrastructure: the CI's own fault, for the operator's log alone. */
  readonly state: CheckState | 'infrastructure';
  readonly url: string | null;
  readonly summary: string;
  readonly log: string;
  readonly seconds: number;
  /** The project of `msgid`; null: the newest series that has it. */
  readonly project: string | null;
  /** By whose word. */
  readonly token: {
    readonly name: string;
    readonly email: string;
    /** Projects that it may post to; empty: all. */
    readonly projects: readonly string[];
  };
}

/**
 * Keeps a posted result, and has the report decided anew. The same again changes nothing.
 * @returns null where it was kept; else why not, in words
 */
export async function checkPosted(context: Context, posted: PostedCheck): Promise<string | null> {
  const { store, clock, log } = context;
  const found = await findSeries(context, posted);
  if (found === null) return 'no series has this commit or message';
  const { series } = found.stored;
  const { project, key } = series;
  const { token } = posted;
  if (token.projects.length > 0 && !token.projects.includes(project))
    return `the token "${token.name}" may not post to ${project}`;
  const mirror = (await mirrorOf(store.db, project, key))?.result;
  const applied = mirror?.state === 'applied' ? mirror : null;
  if (projectOf(context, project).build.jobs.some((job) => job.name === posted.context))
    return `"${posted.context}" is a build-test of the project itself`;
  if (posted.state === 'infrastructure') {
    log.warn(
      { project, key, check: posted.context, url: posted.url },
      `another CI could not run: ${posted.summary.slice(0, 300)}`,
    );
    return null;
  }
  const at = series.patches.findIndex((patch) => patch.msgid === found.patch);
  const check: Check = {
    context: posted.context,
    state: posted.state,
    url: posted.url,
    patch: found.patch,
    // Another CI may have applied what we have not: its result is of no commit of ours then.
    commit: applied?.commits[at] ?? applied?.tip ?? '',
    tree: applied?.trees[at] ?? applied?.tree ?? '',
    summary: posted.summary,
    excerpt: posted.state === 'success' ? '' : excerptOf(posted.log),
    log: null,
    seconds: posted.seconds,
    findings: findingsOf(posted.log),
    by: token.name,
  };
  await store.transaction(async (tx) => {
    await saveChecks(tx, { project, key }, [{ check, jobHash: `posted ${posted.context}` }], clock.now());
    await saveEvents(tx, await checkEvents(tx, series, check, token.email), clock.now());
    if (check.state !== 'pending' && applied !== null) await enqueue(tx, reportJob({ project, key }), clock.now());
  });
  context.observer.checked?.({ project, key }, check);
  return null;
}

/** A check of a whole series is told of its first patch. */
async function checkEvents(
  tx: Tx,
  { project, patches }: Series,
  { patch, context, state }: Check,
  email: string,
): Promise<readonly NewEvent[]> {
  const msgid = patch ?? patches[0]?.msgid ?? '';
  const posting = (await postingsOf(tx, project, [msgid])).get(msgid)?.id;
  if (posting === undefined) return [];
  const detail = { context, state };
  const actor = (await peopleByEmail(tx, [email])).get(email)?.id;
  return [{ project, category: 'check-created', posting, detail, ...(actor === undefined ? {} : { actor }) }];
}

/** The series, and the patch that is meant; null for the series as a whole. */
async function findSeries(
  { store }: Context,
  { commit, msgid, project }: PostedCheck,
): Promise<{ readonly stored: StoredSeries; readonly patch: string | null } | null> {
  if (msgid !== null) {
    const stored = await seriesByMsgid(store.db, msgid, project ?? undefined);
    return stored === null
      ? null
      : { stored, patch: stored.series.patches.some((one) => one.msgid === msgid) ? msgid : null };
  }
  for (const { result, ...of } of commit === null ? [] : await mirrorsWith(store.db, commit)) {
    const stored = await seriesByKey(store.db, of.project, of.key);
    const patch = stored?.series.patches[result.commits.indexOf(commit ?? '')];
    if (stored !== null && patch !== undefined) return { stored, patch: patch.msgid };
  }
  return null;
}
