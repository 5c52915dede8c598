/** What one kind of tag means. A new kind is one row here and a fixture. */
export interface TagKind {
  /** Canonical spelling. */
  readonly kind: string;
  /** Serves the check-in policy's "approved by somebody else". */
  readonly review: boolean;
  /** Stands against the patch until it is withdrawn. */
  readonly blocking: boolean;
  /** Counts when it is given in a reply. A Signed-off-by there is part of an example or of another patch. */
  readonly inReply: boolean;
  /** Is somebody's word on the patch when it stands in the patch's own text. */
  readonly inPatch: boolean;
  /** Other spellings that real lists have seen, lower case. */
  readonly spellings: readonly string[];
}

type Row = readonly [kind: string, marks: string, spellings?: readonly string[]];

/** Marks: r review, b blocking, a in an answer, p in the patch. Spellings are from xen.git's history and the lists. */
const ROWS: readonly Row[] = [
  [
    'Reviewed-by',
    'rap',
    ['reviewd-by', 'reviwed-by', 'reivewed-by', 'reviewwed-by', 'revewed-by', 'review-by', 'reviewed-off-by'],
  ],
  ['Acked-by', 'rap', ['ack-by', 'aked-by', 'akced-by', 'acked-off-by']],
  ['Tested-by', 'ap', ['test-by']],
  ['Compile-tested-by', 'ap', ['build-tested-by']],
  ['Reviewed-and-tested-by', 'rap', ['tested-and-reviewed-by']],
  ['Acked-and-tested-by', 'rap', ['tested-and-acked-by']],
  ['Reported-and-tested-by', 'ap', ['tested-and-reported-by']],
  [
    'Release-acked-by',
    'ap',
    ['r-acked-by', 'released-acked-by', 'releae-acked-by', 'relase-acked-by', 'relese-acked-by', 'release-ack-by'],
  ],
  ['Nacked-by', 'bap', ['nack-by', 'naked-by']],
  ['Not-acked-by', 'bap', ['not-ack-by']],
  ['Suggested-by', 'p'],
  ['Requested-by', 'p'],
  ['Reported-by', ''],
  ['Debugged-by', ''],
  ['Signed-off-by', '', ['signed-of-by', 'signed-by']],
  ['Co-developed-by', '', ['co-authored-by', 'codeveloped-by']],
];

const KINDS: ReadonlyMap<string, TagKind> = new Map(
  ROWS.flatMap(([kind, marks, spellings = []]) => {
    const row: TagKind = {
      kind,
      review: marks.includes('r'),
      blocking: marks.includes('b'),
      inReply: marks.includes('a'),
      inPatch: marks.includes('p'),
      spellings,
    };
    return [kind.toLowerCase(), ...spellings].map((spelling) => [spelling, row] as const);
  }),
);

/** The kind behind a spelling, whatever its case; null for one that nobody has heard of. */
export function kindOf(spelling: string): TagKind | null {
  return KINDS.get(spelling.toLowerCase()) ?? null;
}
