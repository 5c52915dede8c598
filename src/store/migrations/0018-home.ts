import { rememberHome } from '../home.ts';
import { engineOf, type Migration } from './migration.ts';

/** Which database of which server the data lives in, so that a dump that was restored elsewhere is known for a copy. A file has no such name. */
export const home: Migration = {
  name: '0018-home',
  async up(tx) {
    if (engineOf(tx) === 'sqlite') return;
    await tx.schema
      .createTable('home')
      .addColumn('cluster', 'text')
      .addColumn('database', 'text', (c) => c.notNull())
      .addColumn('own', 'text', (c) => c.notNull())
      .execute();
    await rememberHome(tx);
  },
};
