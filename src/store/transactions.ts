import { AsyncLocalStorage } from 'node:async_hooks';
import type { KyselyPlugin } from 'kysely';
import { PatchloomError } from '../util/errors.ts';
import type { Db, Tx } from './schema.ts';

/** Runs work in one transaction; see `Store.transaction`. */
export type Transactions = <T>(work: (tx: Tx) => Promise<T>) => Promise<T>;

/** Transactions of a writer, one after the other. @param place for messages */
export function transactionsOf(writer: Db | null, place: string): Transactions {
  const running = new AsyncLocalStorage<true>();
  return async (work) => {
    if (writer === null) throw new PatchloomError('INTERNAL', `${place}: opened for reading only`);
    if (running.getStore() === true)
      throw new PatchloomError('INTERNAL', `${place}: a transaction inside a transaction`);
    return running.run(true, () =>
      writer.transaction().execute(async (tx) => {
        const guard = new UseGuard();
        try {
          return await work(tx.withPlugin(guard));
        } finally {
          guard.over = true;
        }
      }),
    );
  };
}

/** Refuses queries through a transaction that has ended (a forgotten await): they would be kept whatever became of the rest. */
class UseGuard implements KyselyPlugin {
  over = false;

  transformQuery(args: Parameters<KyselyPlugin['transformQuery']>[0]): ReturnType<KyselyPlugin['transformQuery']> {
    if (this.over) throw new PatchloomError('INTERNAL', 'a query on a transaction that has ended');
    return args.node;
  }

  async transformResult(
    args: Parameters<KyselyPlugin['transformResult']>[0],
  ): ReturnType<KyselyPlugin['transformResult']> {
    return args.result;
  }
}
