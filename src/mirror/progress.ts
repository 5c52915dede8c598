import type { Applied, Made } from './applied.ts';
import type { NewObject } from './engine/object.ts';
import type { Base, MirrorPatch, MirrorStep } from './mirror.ts';
import { nameOf, type Stop } from './stop.ts';

/** What came of the patches of a series so far. */
export class Progress {
  readonly #base: Base;
  readonly #patches: readonly MirrorPatch[];
  readonly #start: Made;
  readonly #commits: Made[] = [];
  readonly #already: number[] = [];
  #stopped: { readonly patch: MirrorPatch; readonly stop: Stop } | null = null;
  step: MirrorStep;
  because: string;

  constructor(base: Base, baseTree: string, patches: readonly MirrorPatch[], step: MirrorStep, because = '') {
    this.#base = base;
    this.#patches = patches;
    this.#start = { commit: base.commit, tree: baseTree };
    this.step = step;
    this.because = because;
  }

  /** The commit that the next one comes after. */
  get last(): Made {
    return this.#commits.at(-1) ?? this.#start;
  }

  add(made: Made): void {
    this.#commits.push(made);
  }

  /** The patch's work is there already. */
  skip(patch: MirrorPatch): void {
    this.#already.push(patch.index);
    this.#commits.push(this.last);
  }

  stop(patch: MirrorPatch, stop: Stop): void {
    this.#stopped = { patch, stop };
  }

  /** @param objects what was made for the commits */
  result(objects: readonly NewObject[]): Applied {
    const { step, because } = this;
    const common = { step, because, commits: this.#commits, already: this.#already, objects };
    const total = this.#patches.length;
    if (this.#stopped !== null) {
      const { patch, stop } = this.#stopped;
      const reason = `patch ${patch.index} of ${total} ${stop.words}`;
      return { ...common, state: stop.state, conflict: stop.conflict, reason };
    }
    if (this.#already.length < total) return { ...common, state: 'applied', conflict: null, reason: '' };
    const what = total === 1 ? 'what it does' : 'all that it does';
    return { ...common, state: 'already', conflict: null, reason: `${what} is there already on ${nameOf(this.#base)}` };
  }
}
