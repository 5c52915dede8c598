import { upstreamLog } from '../src/mirror/upstream-log.ts';
import { type PickResult, tryPicks } from '../src/mirror/upstream-pick.ts';
import { fullIds, historyOf } from '../src/mirror/upstream-tree.ts';
import {
  type BackportCandidate,
  backportCandidates,
  type BackportRequest,
  isBackportTalk,
  requestedCommits,
} from '../src/review/backports.ts';
import { commitOrigin } from '../src/review/commit-origin.ts';
import { rawOf } from '../src/store/messages.ts';
import type { Db } from '../src/store/schema.ts';
import { mailsAbout } from '../src/store/subjects.ts';
import { readMail } from './read-mail.ts';

/** A candidate, and whether it applies; null where that was not tried because the branch has it. */
export interface Backport extends BackportCandidate {
  readonly applies: PickResult | null;
}

/** Where backports are looked for. */
export interface BackportQuestion {
  readonly repository: string;
  /** `4.19`. */
  readonly version: string;
  /** Commit ids of both tips. */
  readonly main: string;
  readonly stable: string;
  /** An existing directory for files of a moment. */
  readonly place: string;
}

const MOST_MAILS = 500;

/**
 * Finds what a stable branch may want, and tries each on it.
 * @param db for requests in mail; null: git alone
 * @throws PatchloomError GIT_FAILED
 */
export async function backportsFor(
  { repository, version, main, stable, place }: BackportQuestion,
  db: Db | null,
): Promise<readonly Backport[]> {
  const [ahead, own] = [
    await upstreamLog(repository, { to: main, not: [stable] }),
    await upstreamLog(repository, { to: stable, not: [main] }),
  ];
  const requests = db === null ? [] : await requestsFor(db, version);
  const written = [...ahead, ...own].flatMap(({ message }) => {
    const { fixes, origins, reverts } = commitOrigin(message);
    return [...fixes, ...origins, ...(reverts === null ? [] : [reverts])];
  });
  const full = await fullIds(repository, [...written, ...requests.map(({ commit }) => commit)]);
  const history = await historyOf(repository, stable);
  const found = backportCandidates({
    version,
    main: ahead,
    stable: own,
    resolve: (id) => full.get(id) ?? null,
    shared: (commit) => history.has(commit),
    requests,
  });
  const missing = found.filter(({ there }) => there === null).map(({ commit }) => commit);
  const picks = await tryPicks(repository, place, stable, missing);
  return found.map((one) => ({ ...one, applies: picks.get(one.commit) ?? null }));
}

/** Commits that mails about backports to the version name, with who asked. */
async function requestsFor(db: Db, version: string): Promise<readonly BackportRequest[]> {
  const requests: BackportRequest[] = [];
  for (const { msgid, subject } of await mailsAbout(db, version, MOST_MAILS)) {
    const raw = isBackportTalk(subject, version) ? await rawOf(db, msgid) : null;
    if (raw === null) continue;
    const { message } = await readMail(raw);
    for (const commit of requestedCommits(message.text)) requests.push({ commit, msgid, from: message.from });
  }
  return requests;
}
