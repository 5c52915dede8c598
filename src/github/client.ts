import { Octokit } from '@octokit/rest';
import type { Clock } from '../util/clock.ts';
import { PatchloomError } from '../util/errors.ts';
import { appToken } from './app-token.ts';

export interface GithubAccount {
  /** `https://api.github.com`, or `https://HOST/api/v3`. */
  readonly api: string;
  readonly appId: number;
  readonly privateKey: string;
}

/** One repository on GitHub, spoken to as the App that is installed there. */
export interface GithubClient {
  readonly owner: string;
  readonly repo: string;
  readonly api: string;
  /**
   * Makes one or more requests. A token that has run out is renewed once.
   * @throws PatchloomError CI_UNREACHABLE (also while GitHub has asked to wait), CI_REFUSED
   */
  call<T>(doing: string, make: (octokit: Octokit) => Promise<T>): Promise<T>;
  /** A token for requests that octokit does not make. @throws as `call` */
  token(): Promise<string>;
}

const EARLY_MS = 5 * 60_000;
const SECONDARY_WAIT_S = 60;

/** The permissions that app.yml asks for, and no more. */
const PERMISSIONS = {
  actions: 'write',
  checks: 'write',
  contents: 'write',
  statuses: 'read',
  metadata: 'read',
} as const;

/** `repository` is `owner/name`. Nothing is asked before the first call. */
export function githubClient(account: GithubAccount, repository: string, clock: Clock): GithubClient {
  const [owner = '', repo = ''] = repository.split('/');
  const baseUrl = account.api;
  const state: { token: { text: string; until: number } | null; quietUntil: number } = { token: null, quietUntil: 0 };

  const renew = async (): Promise<string> => {
    const app = new Octokit({ baseUrl, auth: appToken(account.appId, account.privateKey, clock.now()), log: QUIET });
    const installed = await app.apps.getRepoInstallation({ owner, repo });
    const made = await app.apps.createInstallationAccessToken({
      installation_id: installed.data.id,
      repositories: [repo],
      permissions: PERMISSIONS,
    });
    state.token = { text: made.data.token, until: Date.parse(made.data.expires_at) - EARLY_MS };
    return made.data.token;
  };
  const current = async (): Promise<string> => {
    const { token } = state;
    return token !== null && token.until > clock.now() ? token.text : renew();
  };
  const guarded = async <T>(doing: string, make: (token: string) => Promise<T>): Promise<T> => {
    if (clock.now() < state.quietUntil) {
      const seconds = Math.ceil((state.quietUntil - clock.now()) / 1000);
      throw new PatchloomError('CI_UNREACHABLE', `${doing}: GitHub has asked to wait another ${seconds} s`);
    }
    try {
      const had = state.token?.text;
      try {
        return await make(await current());
      } catch (error) {
        if (statusOf(error) !== 401 || had === undefined) throw error;
        return await make(await renew());
      }
    } catch (error) {
      const wait = waitOf(error, clock.now());
      if (wait !== null) state.quietUntil = clock.now() + wait * 1000;
      throw faultOf(doing, repository, error, wait);
    }
  };
  return {
    owner,
    repo,
    api: baseUrl,
    call: (doing, make) => guarded(doing, (auth) => make(new Octokit({ baseUrl, auth, log: QUIET }))),
    token: () => guarded('asking for a token', (token) => Promise.resolve(token)),
  };
}

const nothing = (): void => {};
const QUIET = { debug: nothing, info: nothing, warn: nothing, error: nothing };

interface RequestFault {
  readonly status?: number;
  readonly message?: string;
  readonly response?: { readonly headers?: Readonly<Record<string, string | number | undefined>> };
}

function statusOf(error: unknown): number {
  return (error as RequestFault).status ?? 0;
}

/**
 * Seconds that GitHub asks to wait, or null: `retry-after`, else until `x-ratelimit-reset` where none remain, else a minute after a secondary limit
 * ("Best practices for using the REST API", on exceeding rate limits).
 */
function waitOf(error: unknown, now: number): number | null {
  const { status, message = '', response } = error as RequestFault;
  if (status !== 403 && status !== 429) return null;
  const headers = response?.headers ?? {};
  const after = Number(headers['retry-after']);
  if (after > 0) return Math.min(after, 3600);
  if (String(headers['x-ratelimit-remaining']) === '0')
    return Math.min(Math.max(Number(headers['x-ratelimit-reset']) - now / 1000, 1) || SECONDARY_WAIT_S, 3600);
  return /rate limit|abuse/i.test(message) || status === 429 ? SECONDARY_WAIT_S : null;
}

function faultOf(doing: string, repository: string, error: unknown, wait: number | null): unknown {
  if (error instanceof PatchloomError) return error;
  const { status = 0, message = String(error) } = error as RequestFault;
  const words = `${doing} on GitHub, ${repository}: ${wait === null ? message.slice(0, 300) : `it asks to wait ${Math.ceil(wait)} s`}`;
  const passing = wait !== null || status === 0 || status >= 500;
  return new PatchloomError(passing ? 'CI_UNREACHABLE' : 'CI_REFUSED', words, { cause: error });
}
