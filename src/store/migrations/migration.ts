import type { Tx } from '../schema.ts';

/** One step forward; there are no steps back. */
export interface Migration {
  /** File name without its ending; it starts with the number. */
  readonly name: string;
  up(tx: Tx): Promise<void>;
}
