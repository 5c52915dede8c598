import type { Address } from '../mail/message.ts';
import type { Trailer } from '../patch/patch.ts';
import type { Entry } from '../series/entry.ts';
import { compareEntries } from '../series/posting.ts';
import { type Disposition, type ProjectRules, type Series, seriesId, type SeriesPatch } from '../series/series.ts';
import { carryOver, type KeyedTags } from './carry.ts';
import { isWithdrawal } from './condition.ts';
import { isSamePerson, senderOf } from './identity.ts';
import { type Keyed, keyed } from './keyed.ts';
import { kindOf } from './kinds.ts';
import { NO_MAILMAP } from './mailmap.ts';
import { mergeTags } from './merge.ts';
import { seriesByMail, type Target, targetsOf } from './place.ts';
import type { Remark, SeriesTags, Tag, TagSender, TagStatus } from './tag.ts';
import { type People, peopleOf } from './people.ts';
import { readTagLine } from './tag-line.ts';

/** What tags are derived from: the result of the series stage for one component, and what its mails say. */
export interface TagInput {
  readonly series: readonly Series[];
  readonly dispositions: readonly Disposition[];
  readonly entries: readonly Entry[];
  /** `remarksOf` of each mail, by Message-ID. */
  readonly remarks: ReadonlyMap<string, readonly Remark[]>;
  /** Trailers of each patch mail, by Message-ID. */
  readonly trailers: ReadonlyMap<string, readonly Trailer[]>;
  /** DKIM verdict of each mail at its receipt, by Message-ID; null where nobody looked. */
  readonly dkim: ReadonlyMap<string, string | null>;
  /** Of the projects: who is who, and whether shorthand counts. */
  readonly rules: readonly ProjectRules[];
}

/** What a project says about tags. */
interface TagRules {
  readonly people: Pick<People, 'same'>;
  readonly shorthand: boolean;
}

/** Tags that are being gathered for one series. */
interface Gathering {
  readonly cover: Keyed[];
  readonly patches: Map<string, Keyed[]>;
}

function judge(
  remark: Remark,
  sender: TagSender,
  unclear: string | null,
  shorthand: boolean,
): { status: TagStatus; why: string | null } {
  const kind = kindOf(remark.kind);
  if (remark.conditional !== null && isWithdrawal(remark.conditional) && sender !== 'other-person') {
    return { status: 'withdrawn', why: `taken back: "${remark.conditional}"` };
  }
  if (kind?.blocking === true && sender !== 'other-person') {
    return { status: 'objection', why: remark.form === 'words' ? `an objection: "${remark.line}"` : 'an objection' };
  }
  if (kind === null) return { status: 'doubtful', why: 'nobody knows this kind of tag' };
  if (remark.form === 'words') return { status: 'doubtful', why: `only in words: "${remark.line}"` };
  if (remark.form === 'shorthand' && !shorthand) return { status: 'doubtful', why: `in shorthand: "${remark.line}"` };
  if (!kind.inReply) return { status: 'doubtful', why: `asked for in a reply; a ${kind.kind} is the author's to add` };
  if (sender === 'other-person') return { status: 'doubtful', why: 'names somebody else than the sender' };
  if (unclear !== null) return { status: 'doubtful', why: unclear };
  if (remark.conditional !== null) return { status: 'conditional', why: `on a condition: "${remark.conditional}"` };
  return { status: 'given', why: null };
}

/** Says so where a kind was misspelt. */
function correction({ kind, line }: Remark): string {
  const written = /([A-Za-z][A-Za-z-]*-by)\*?\s?[:;]/i.exec(line)?.[1];
  return written === undefined || written.toLowerCase() === kind.toLowerCase() ? '' : ` (written "${written}")`;
}

/** How a named person relates to the sender: by address and name, then by the project's table of who is who. */
function relation(named: Address, sender: Address, { people }: TagRules): TagSender {
  const plain = senderOf(named, sender);
  return plain === 'other-person' && people.same(named, sender) ? 'other-address' : plain;
}

/** What the evidence of a tag is made of, beside remark and mail. */
interface Evidence {
  readonly sentBy: Address;
  readonly dkim: string | null;
  readonly rules: TagRules;
}

/** A remark on a patch of that author, or on his series, as a tag. */
function tagOf(
  remark: Remark,
  mail: Entry,
  { author, target, sentBy, dkim, rules }: Evidence & { readonly author: Address; readonly target: Target },
): Tag {
  const sender = relation(remark, mail.from, rules);
  const verdict = judge(remark, sender, target.unclear ? target.why : null, rules.shorthand);
  // Who reworks and sends another's patch may well get that author's ack.
  const own = isSamePerson(remark, author) && isSamePerson(author, sentBy);
  const selfReview = own && kindOf(remark.kind)?.review === true && verdict.status === 'given';
  return {
    kind: remark.kind,
    name: remark.name,
    email: remark.email,
    value: remark.value,
    area: remark.area,
    givenIn: mail.msgid,
    date: mail.date,
    status: selfReview ? 'doubtful' : verdict.status,
    sender,
    dkim,
    carriedFrom: null,
    why: selfReview ? 'the author cannot review his own patch' : `${verdict.why ?? target.why}${correction(remark)}`,
  };
}

/** Who likes his own patch says nothing that a reviewer could have said. */
function isOwnPraise(remark: Remark, author: Address): boolean {
  return remark.form === 'words' && isSamePerson(remark, author);
}

/** Puts what one remark says where it belongs. A cover has many patches, but few authors: for each of them the tag is made once. */
function gather(remark: Remark, mail: Entry, target: Target, into: Gathering, evidence: Evidence): void {
  const made = new Map<string, Keyed | null>();
  const tagFor = (author: Address): Keyed[] => {
    const key = `${author.name}\n${author.email}`;
    const known = made.get(key);
    const tag =
      known === undefined
        ? isOwnPraise(remark, author)
          ? null
          : keyed(tagOf(remark, mail, { author, target, ...evidence }))
        : known;
    made.set(key, tag);
    return tag === null ? [] : [tag];
  };
  if (target.wide) into.cover.push(...tagFor(target.series.author));
  for (const patch of target.patches) into.patches.get(patch.msgid)?.push(...tagFor(patch.author));
}

function gatherReplies(
  input: TagInput,
  gathered: ReadonlyMap<string, Gathering>,
  rulesOf: (project: string) => TagRules,
): void {
  const byMail = seriesByMail(input.series);
  const replies = new Map(input.dispositions.map((one) => [one.msgid, one]));
  const senders = new Map(input.entries.map((entry) => [entry.msgid, entry.from]));
  for (const mail of input.entries.toSorted(compareEntries)) {
    const reply = replies.get(mail.msgid);
    if (reply?.kind !== 'reply') continue;
    for (const remark of input.remarks.get(mail.msgid) ?? []) {
      for (const target of targetsOf(remark, reply, byMail)) {
        const into = gathered.get(seriesId(target.series));
        const sentBy = senders.get(target.series.msgid) ?? target.series.author;
        const dkim = input.dkim.get(mail.msgid) ?? null;
        if (into !== undefined)
          gather(remark, mail, target, into, { sentBy, dkim, rules: rulesOf(target.series.project) });
      }
    }
  }
}

/** Trailers of the patch's own text that are somebody's word on it. */
function inPatchTags(
  patch: SeriesPatch,
  mail: Entry,
  trailers: readonly Trailer[],
  { dkim, rules }: Pick<Evidence, 'dkim' | 'rules'>,
): Tag[] {
  return trailers.flatMap((trailer): Tag[] => {
    const kind = kindOf(trailer.kind);
    const line = kind?.inPatch === true ? readTagLine(trailer.kind, trailer.value, mail.from) : null;
    if (kind === null || line === null) return [];
    return [
      {
        kind: kind.kind,
        name: line.name,
        email: line.email,
        value: line.value,
        area: line.area,
        givenIn: patch.msgid,
        date: patch.date,
        status: kind.blocking ? 'objection' : 'in-patch',
        sender: relation(line, mail.from, rules),
        dkim,
        carriedFrom: null,
        why: 'stands in the text of the patch',
      },
    ];
  });
}

function gatherPatches(input: TagInput, rulesOf: (project: string) => TagRules): Map<string, Gathering> {
  const mails = new Map(input.entries.map((entry) => [entry.msgid, entry]));
  const gathered = new Map<string, Gathering>();
  for (const series of input.series) {
    const rules = rulesOf(series.project);
    const patches = new Map<string, Keyed[]>();
    for (const patch of series.patches) {
      const { msgid } = patch;
      const mail = mails.get(msgid);
      const evidence = { dkim: input.dkim.get(msgid) ?? null, rules };
      const tags = mail === undefined ? [] : inPatchTags(patch, mail, input.trailers.get(msgid) ?? [], evidence);
      patches.set(msgid, tags.map(keyed));
    }
    gathered.set(seriesId(series), { cover: [], patches });
  }
  return gathered;
}

/** The rules of each project, made once. */
function tagRules(rules: readonly ProjectRules[]): (project: string) => TagRules {
  const made = new Map<string, TagRules>();
  return (project) => {
    const known = made.get(project);
    if (known !== undefined) return known;
    const own = rules.find(({ name }) => name === project);
    const fresh = { people: peopleOf(NO_MAILMAP, own?.aliases ?? []), shorthand: own?.shorthand === true };
    made.set(project, fresh);
    return fresh;
  };
}

/**
 * Tags of every series of one component, by `seriesId`: from the patches' texts, from replies to patches and covers, and carried
 * from earlier versions of an unchanged patch. A pure function of the set of mails. Later words of the same person on the same
 * patch take his objection or his tag back.
 */
export function deriveTags(input: TagInput): ReadonlyMap<string, SeriesTags> {
  const rulesOf = tagRules(input.rules);
  const gathered = gatherPatches(input, rulesOf);
  gatherReplies(input, gathered, rulesOf);
  const merged = new Map<string, KeyedTags>();
  for (const [key, { cover, patches }] of gathered) {
    merged.set(key, {
      cover: mergeTags(cover),
      patches: new Map([...patches].map(([id, tags]) => [id, mergeTags(tags)])),
    });
  }
  return carryOver(input.series, merged);
}
