import { nearestWord } from './spelling.ts';

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
  /** Names a commit, a link or a branch, no person. */
  readonly thing: boolean;
}

type Row = readonly [kind: string, marks: string, spellings?: readonly string[]];

/**
 * Marks: r review, b blocking, a in an answer, p in the patch, t names a thing. Spellings are from xen.git's history and the lists;
 * those that are a slip or two away from a kind need no entry.
 */
const ROWS: readonly Row[] = [
  ['Reviewed-by', 'rap', ['review-by', 'reviewed-off-by']],
  ['Acked-by', 'rap', ['ack-by', 'acked-off-by']],
  ['Tested-by', 'ap', ['test-by']],
  ['Compile-tested-by', 'ap', ['build-tested-by']],
  ['Reviewed-and-tested-by', 'rap', ['tested-and-reviewed-by', 'reviewed-tested-by']],
  ['Acked-and-tested-by', 'rap', ['tested-and-acked-by']],
  ['Acked-and-reviewed-by', 'rap', ['reviewed-and-acked-by']],
  ['Reported-and-tested-by', 'ap', ['tested-and-reported-by']],
  ['Release-acked-by', 'ap', ['r-acked-by', 'released-acked-by', 'release-ack-by']],
  ['Nacked-by', 'bap', ['nack-by', 'nak-by', 'naked-by']],
  ['Not-acked-by', 'bap', ['not-ack-by', 'unacked-by']],
  ['Suggested-by', 'p'],
  ['Requested-by', 'p'],
  ['Reported-by', ''],
  ['Diagnosed-by', ''],
  ['Debugged-by', ''],
  ['Assisted-by', ''],
  ['Signed-off-by', '', ['signed-of-by', 'signed-by']],
  ['Co-developed-by', '', ['co-authored-by', 'codeveloped-by']],
  ['Fixes', 't'],
  ['Amends', 't'],
  ['Backport', 't'],
  ['Link', 't'],
  ['Closes', 't'],
  ['Resolves', 't'],
  ['Origin', 't'],
  ['Message-Id', 't'],
];

const KINDS: ReadonlyMap<string, TagKind> = new Map(
  ROWS.flatMap(([kind, marks, spellings = []]) =>
    [kind.toLowerCase(), ...spellings].map((spelling) => [spelling, rowOf(kind, marks)] as const),
  ),
);
const PEOPLE = ROWS.filter(([, marks]) => !marks.includes('t')).map(([kind]) => kind.toLowerCase());

function rowOf(kind: string, marks: string): TagKind {
  return {
    kind,
    review: marks.includes('r'),
    blocking: marks.includes('b'),
    inReply: marks.includes('a'),
    inPatch: marks.includes('p'),
    thing: marks.includes('t'),
  };
}

/**
 * The kind behind a spelling, whatever its case: from the table, by a slip or two of the keyboard, or made up from a known one
 * ("Begrudgingly-acked-by" is an ack in the words of its giver). Any other `*-by` is a tag without further meaning. Null where the spelling is
 * none of that.
 */
export function kindOf(spelling: string): TagKind | null {
  const word = spelling.toLowerCase();
  const known = KINDS.get(word);
  if (known !== undefined) return known;
  if (!word.endsWith('-by')) return null;
  const near = nearestWord(word, PEOPLE);
  if (near !== null) return KINDS.get(near) ?? null;
  const kind = word.charAt(0).toUpperCase() + word.slice(1);
  // Whole words only: who backed or protested has neither acked nor tested.
  if (/^(?:not|no|never)-|(?:^|-)nack/.test(word)) return rowOf(kind, 'bap');
  if (/(?:^|-)(?:acked|reviewed)-by$/.test(word)) return rowOf(kind, 'rap');
  return rowOf(kind, /(?:^|-)tested-by$/.test(word) ? 'ap' : 'a');
}
