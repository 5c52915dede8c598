import type { Tx } from '../src/store/schema.ts';

/**
 * What a handler found out, to be kept in the same transaction that ends its job: state, following jobs, outgoing mail.
 * A handler itself only reads and has effects that can be repeated.
 */
export type Keep = (tx: Tx) => Promise<void>;
