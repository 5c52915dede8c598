import { judge, rawOf } from './judge.ts';
import type { Check } from './run.ts';
import { BASE, type RunPatch, type RunRequest } from './runner.ts';

/** Gathers the checks of a run, judges them anew with each, and hands on those that are new or mean something else now. */
export class Ledger {
  readonly #request: RunRequest;
  readonly #order: readonly RunPatch[];
  readonly #checks = new Map<string, { readonly check: Check; readonly hash: string; readonly of: RunPatch }>();
  readonly #base = new Map<string, Check>();
  readonly #handedOn = new Map<string, string>();

  constructor(request: RunRequest) {
    this.#request = request;
    this.#order = [...request.patches].sort((a, b) => a.index - b.index);
    for (const check of request.finished) this.#handedOn.set(nameOf(check), JSON.stringify(check));
  }

  /** Takes a check as its job ended, of a patch or of the base. `fresh`: it is not in the store yet. */
  async add(check: Check, hash: string, of: RunPatch, fresh: boolean): Promise<void> {
    const raw = rawOf({ ...check, patch: of.msgid, commit: of.commit, tree: of.tree });
    if (of.msgid === BASE) {
      this.#base.set(raw.context, raw);
      if (fresh) await this.#request.onCheck(raw, hash, of);
    } else this.#checks.set(nameOf(raw), { check: raw, hash, of });
    await this.settle();
  }

  /** Whether a job is known to fail on the base. */
  baseFails(context: string): boolean {
    return this.#base.get(context)?.state === 'fail';
  }

  /** How a job ended on a patch, or undefined. */
  ended(context: string, of: RunPatch): Check | undefined {
    return this.#checks.get(nameOf({ context, patch: of.msgid }))?.check;
  }

  /** All checks of the patches as judged now, in the order of the patches. */
  judged(): Check[] {
    const entries = [...this.#checks.values()].sort((a, b) => a.of.index - b.of.index);
    return judge({
      checks: entries.map(({ check }) => check),
      patches: this.#order.map(({ msgid }) => msgid),
      base: [...this.#base.values()],
      masks: this.#request.masks,
    });
  }

  /** Hands on what has changed. A failure whose base is still to be built waits, so that nobody is blamed too early. */
  async settle(last = false): Promise<void> {
    for (const check of this.judged()) {
      const undecided = this.#request.base !== null && !this.#base.has(check.context) && check.state === 'fail';
      const text = JSON.stringify(check);
      const name = nameOf(check);
      const entry = this.#checks.get(name);
      if (entry === undefined || this.#handedOn.get(name) === text || (undecided && !last)) continue;
      await this.#request.onCheck(check, entry.hash, entry.of);
      this.#handedOn.set(name, text);
    }
  }
}

function nameOf({ context, patch }: Pick<Check, 'context' | 'patch'>): string {
  return JSON.stringify([context, patch]);
}
