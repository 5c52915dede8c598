import { Resolver } from 'node:dns/promises';
import type { TxtLookup } from '../mail/dkim.ts';

const TIMEOUT_MS = 3_000;
const TRIES = 2;
/** A domain's key is asked for once in this time: a series of forty patches has forty signatures of one key. */
const KEPT_MS = 600_000;
const KEPT_AT_MOST = 1_000;

interface Kept {
  readonly until: number;
  readonly answer: ReturnType<TxtLookup>;
}

/** Asks the machine's own DNS servers, with a short patience: mail is stored whether they answer or not. */
export function txtRecords(now: () => number): TxtLookup {
  const resolver = new Resolver({ timeout: TIMEOUT_MS, tries: TRIES });
  const kept = new Map<string, Kept>();
  return (name) => {
    const known = kept.get(name);
    if (known !== undefined && known.until > now()) return known.answer;
    const answer = resolver.resolveTxt(name);
    answer.catch(() => {});
    if (kept.size >= KEPT_AT_MOST) kept.clear();
    kept.set(name, { until: now() + KEPT_MS, answer });
    return answer;
  };
}
