import assert from 'node:assert/strict';
import { test } from 'node:test';
import { figureLines, figuresOf, type Replayed, type Taken } from '../../src/report/replay.ts';
import { replayPage } from '../../src/report/replay-page.ts';
import { POSTED, series, tag } from './samples.ts';

const none = { cover: [], patches: new Map() };
const rob = { kind: 'Reviewed-by', name: 'Rob Reviewer', email: 'rob@example.org' };
const max = { kind: 'Acked-by', name: 'Max Maintainer', email: 'max@example.org' };

/** Upstream has all three patches, by a committer who signs with his own name as well. */
function takenAs(unchanged: boolean): ReadonlyMap<string, Taken> {
  const committer = { name: 'Cora', email: 'cora@example.org' };
  const own = { kind: 'Reviewed-by', ...committer };
  return new Map(
    series.patches.map(({ msgid }, at) => [
      msgid,
      { commit: `${at}`, unchanged, tags: at === 0 ? [rob, max, own] : [], committer },
    ]),
  );
}

const [first] = series.patches;
const tags = { cover: [], patches: new Map([[first?.msgid ?? '', [tag('Acked-by')]]]) };
const replayed: Replayed = { series, tags, mirror: 'conflict', base: 'default-branch' };
const said = {
  project: series.project,
  key: series.key,
  outcome: 'conflict:2',
  at: POSTED,
  subject: 'Re: x',
  recipients: ['ann@example.org'],
};

test('bad news about what upstream took as it was posted is named; about what it changed, or did not take, it is not', () => {
  const wrong = figuresOf([replayed], [said], takenAs(true));
  assert.deepEqual([wrong.takenUnchanged, wrong.unchangedButBlamed, wrong.blamed], [1, 1, [series.msgid]]);
  assert.match(
    figureLines(wrong).at(-1) ?? '',
    /^blamed wrongly +1 of the unchanged would have got bad news \(100\.0 %\)$/,
  );
  assert.deepEqual(figuresOf([replayed], [said], takenAs(false)).blamed, []);
  assert.deepEqual(figuresOf([replayed], [said], new Map()).blamed, []);
  assert.deepEqual(figuresOf([replayed], [{ ...said, outcome: 'success' }], takenAs(true)).blamed, []);
});

test('a tag that the committer added and that was not found is named, his own is not', () => {
  const { tags: figures } = figuresOf([replayed], [], takenAs(true));
  assert.deepEqual([figures.committed, figures.found], [2, 1]);
  assert.deepEqual(
    figures.lacking.map(({ kind, name }) => `${kind}: ${name}`),
    ['Reviewed-by: Rob Reviewer'],
  );
});

test('the page names both, and no text of a mail becomes a part of it', () => {
  const evil = { ...replayed, series: { ...series, msgid: '<<script>@x>' }, tags: none };
  const figures = figuresOf([evil], [said], takenAs(true));
  const page = replayPage('x', figures, [evil], [said]);
  assert.match(page, /&#60;&#60;script&#62;@x&#62;/);
  assert.match(page, /Reviewed-by: Rob Reviewer/);
  assert.doesNotMatch(page, /<script/);
});
