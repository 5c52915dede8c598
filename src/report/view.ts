import type { Address } from '../mail/message.ts';
import type { Check, CheckState } from '../ci/run.ts';
import type { Base, MirrorResult, MirrorState } from '../mirror/mirror.ts';
import type { Readiness, SeriesTags, Tag, TagSender, TagStatus } from '../review/tag.ts';
import type { Series, SeriesState } from '../series/series.ts';

/** All that is known of one posted version. */
export interface SeriesFacts {
  readonly series: Series;
  readonly tags: SeriesTags;
  readonly readiness: Readiness;
  /** Null where it has not been tried. */
  readonly mirror: MirrorResult | null;
  readonly checks: readonly Check[];
  /** What people have set of its patches, by Message-ID. */
  readonly marks: ReadonlyMap<string, MarkView>;
}

/** What people have set of a patch through the APIs; null: nobody has. */
export interface MarkView {
  /** Patchwork's slug, e.g. `under-review`. */
  readonly state: string | null;
  readonly archived: boolean;
  /** Address of the person who shall look after it. */
  readonly delegate: string | null;
  readonly commit_ref: string | null;
  /** Name of the token by which it was set last, and when: ISO 8601. */
  readonly by: string;
  readonly date: string;
}

export interface TagView {
  readonly kind: string;
  readonly name: string;
  readonly email: string;
  readonly value: string;
  readonly area: string | null;
  readonly given_in: string;
  readonly date: string;
  readonly status: TagStatus;
  readonly sender: TagSender;
  readonly dkim: string | null;
  readonly carried_from: string | null;
  readonly why: string;
}

export interface PatchView {
  readonly index: number;
  readonly total: number;
  readonly msgid: string;
  readonly subject: string;
  readonly content_hash: string;
  readonly tags: readonly TagView[];
  /** Commit of the published branch; null unless the series is applied. */
  readonly commit: string | null;
  readonly mark: MarkView | null;
}

export interface MirrorView {
  /** `none` where it has not been tried; all else is null then. */
  readonly state: MirrorState | 'none';
  readonly rule: Base['rule'] | null;
  /** Commit that it was applied on. */
  readonly base: string | null;
  readonly ref: string | null;
  readonly tip: string | null;
  readonly tree: string | null;
  readonly reason: string | null;
}

export interface CheckView {
  readonly context: string;
  readonly state: CheckState;
  readonly url: string | null;
  readonly patch: string | null;
}

/** One line of `patchloom series --json`, and what the JSON API gives: a contract, whose names and order stay. */
export interface SeriesView {
  readonly project: string;
  readonly change: string;
  readonly version: number;
  readonly resend: boolean;
  readonly msgid: string;
  readonly subject: string;
  readonly author: Address;
  readonly date: string;
  readonly state: SeriesState;
  readonly complete: boolean;
  readonly missing: readonly number[];
  readonly target: string | null;
  readonly supersedes: string | null;
  readonly patches: readonly PatchView[];
  readonly cover_tags: readonly TagView[];
  readonly mirror: MirrorView;
  readonly checks: readonly CheckView[];
  readonly readiness: Readiness;
}

/** The JSON form of one version. */
export function seriesView({ series, tags, readiness, mirror, checks, marks }: SeriesFacts): SeriesView {
  const commits = mirror?.state === 'applied' ? mirror.commits : [];
  return {
    project: series.project,
    change: series.change,
    version: series.version,
    resend: series.resend,
    msgid: series.msgid,
    subject: series.subject,
    author: { name: series.author.name, email: series.author.email },
    date: series.date,
    state: series.state,
    complete: series.complete,
    missing: series.missing,
    target: series.target,
    supersedes: series.supersedes,
    patches: series.patches.map((patch, position) => ({
      index: patch.index,
      total: patch.total,
      msgid: patch.msgid,
      subject: patch.subject,
      content_hash: patch.contentHash,
      tags: (tags.patches.get(patch.msgid) ?? []).map(tagView),
      commit: commits[position] ?? null,
      mark: marks.get(patch.msgid) ?? null,
    })),
    cover_tags: tags.cover.map(tagView),
    mirror: mirrorView(mirror),
    checks: checks.map(({ context, state, url, patch }) => ({ context, state, url, patch })),
    readiness: { state: readiness.state, missing: readiness.missing },
  };
}

/** The JSON form of one tag. */
export function tagView(tag: Tag): TagView {
  return {
    kind: tag.kind,
    name: tag.name,
    email: tag.email,
    value: tag.value,
    area: tag.area,
    given_in: tag.givenIn,
    date: tag.date,
    status: tag.status,
    sender: tag.sender,
    dkim: tag.dkim,
    carried_from: tag.carriedFrom,
    why: tag.why,
  };
}

function mirrorView(mirror: MirrorResult | null): MirrorView {
  if (mirror === null) return { state: 'none', rule: null, base: null, ref: null, tip: null, tree: null, reason: null };
  const { state, base, ref, tip, tree, reason } = mirror;
  return { state, rule: base?.rule ?? null, base: base?.commit ?? null, ref, tip, tree, reason };
}
