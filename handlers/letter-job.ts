/** A mail to us that is no patch. */
export interface LetterKey {
  readonly msgid: string;
}

/** The job that reads a mail to us. The same mail by list and directly is one job, or two of which the second finds all done. */
export function letterJob(msgid: string) {
  return { kind: 'letter', key: msgid, payload: { msgid } satisfies LetterKey } as const;
}
