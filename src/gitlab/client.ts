import { Gitlab } from '@gitbeaker/rest';
import { PatchloomError } from '../util/errors.ts';

export interface GitlabAccount {
  /** `https://gitlab.com`. */
  readonly url: string;
  readonly token: string;
}

/** One GitLab server, spoken to with the bot's token. */
export interface GitlabClient {
  readonly url: string;
  readonly token: string;
  /** Makes one request. @throws PatchloomError CI_UNREACHABLE, CI_REFUSED */
  call<T>(doing: string, make: (gitlab: InstanceType<typeof Gitlab<false>>) => Promise<T>): Promise<T>;
}

export function gitlabClient({ url, token }: GitlabAccount): GitlabClient {
  const gitlab = new Gitlab({ host: url, token, camelize: false, queryTimeout: 60_000 });
  return {
    url,
    token,
    call: async (doing, make) => {
      try {
        return await make(gitlab);
      } catch (error) {
        throw faultOf(doing, url, error);
      }
    },
  };
}

interface RequestFault {
  readonly message?: string;
  readonly cause?: { readonly description?: unknown; readonly response?: { readonly status?: number } };
}

function faultOf(doing: string, url: string, error: unknown): PatchloomError {
  const { message = String(error), cause } = error as RequestFault;
  const status = cause?.response?.status ?? 0;
  const words = typeof cause?.description === 'string' ? cause.description : message;
  const passing = status === 0 || status === 429 || status >= 500;
  const text = `${doing} on ${url}: ${words.slice(0, 300)}${status === 0 ? '' : ` (${status})`}`;
  return new PatchloomError(passing ? 'CI_UNREACHABLE' : 'CI_REFUSED', text, { cause: error });
}
