import { chunks } from './chunks.ts';
import type { Tx } from './schema.ts';

/** One copy of a mail, as far as the choice between copies goes. */
export interface Candidate {
  readonly hash: string;
  readonly rank: number;
}

/** Whether `one` is believed rather than `other`: a smaller rank, then a smaller hash. A total order, so that arrival does not matter. */
export function betterCopy(one: Candidate, other: Candidate): boolean {
  return one.rank === other.rank ? one.hash < other.hash : one.rank < other.rank;
}

/** Chooses exactly one copy of each Message-ID again. */
export async function chooseCopies(tx: Tx, msgids: Iterable<string>): Promise<void> {
  for (const part of chunks(msgids)) {
    const best = new Map<string, Candidate & { id: number }>();
    const rows = await tx
      .selectFrom('message')
      .select(['id', 'msgid', 'hash', 'rank'])
      .where('msgid', 'in', part)
      .execute();
    for (const row of rows) {
      const other = best.get(row.msgid);
      if (other === undefined || betterCopy(row, other)) best.set(row.msgid, row);
    }
    const winners = [...best.values()].map((row) => row.id);
    // Losers first: only one row of a Message-ID may be chosen at any moment.
    await tx.updateTable('message').set({ chosen: 0 }).where('msgid', 'in', part).where('chosen', '=', 1).execute();
    if (winners.length > 0) await tx.updateTable('message').set({ chosen: 1 }).where('id', 'in', winners).execute();
  }
}
