import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judged, MAINTAINERS, people } from './policy-case.ts';

const { ann, cora, carl, petra, ted, tara, rita, rex } = people;
const NO_OTHER = 'patch 1: no Acked-by or Reviewed-by by somebody other than the author';
const noCore = (path: string) => `patch 1: no approval by a maintainer of ${path} (CORE)`;

test('a maintainer’s ack on somebody else’s patch serves both rules', () => {
  const { state, missing } = judged({ patches: [{ paths: ['core/a.c'], tags: [['Acked-by', cora]] }] });
  assert.deepEqual([state, missing], ['ready', []]);
});

test('without any tag the maintainers of the file are who is asked', () => {
  const { state, missing, verdict } = judged({ patches: [{ paths: ['core/a.c'] }] });
  assert.deepEqual([state, missing], ['waiting', [noCore('core/a.c')]]);
  assert.deepEqual(
    verdict?.needs[0]?.who.map(({ name }) => name),
    ['Cora Core', 'Carl Core'],
  );
  assert.equal(verdict?.needs[0]?.since, 0);
});

test('an ack counts for the giver’s own files only', () => {
  const { missing } = judged({ patches: [{ paths: ['core/a.c', 'tools/b.c'], tags: [['Acked-by', ted]] }] });
  assert.deepEqual(missing, [noCore('core/a.c')]);
});

test('files of one area are told together', () => {
  const { missing } = judged({ patches: [{ paths: ['core/a.c', 'core/b.c', 'core/c.c'] }] });
  assert.deepEqual(missing, [noCore('core/a.c and 2 more')]);
});

test('a maintainer’s own patch needs a review by anybody', () => {
  const own = { paths: ['core/a.c'], author: cora };
  assert.deepEqual(judged({ patches: [own] }).missing, [NO_OTHER]);
  assert.equal(judged({ patches: [{ ...own, tags: [['Reviewed-by', rita]] }] }).state, 'ready');
});

test('an ack by somebody who maintains none of the files is no approval by somebody else', () => {
  const own = { paths: ['core/a.c'], author: cora };
  assert.deepEqual(judged({ patches: [{ ...own, tags: [['Acked-by', ted]] }] }).missing, [NO_OTHER]);
  assert.equal(judged({ patches: [{ ...own, tags: [['Acked-by', tara]] }] }).state, 'ready');
});

test('a maintainer’s own patch that he did not sign off is not approved by him', () => {
  const { missing } = judged({
    patches: [{ paths: ['core/a.c'], author: cora, signers: [], tags: [['Reviewed-by', rita]] }],
  });
  assert.deepEqual(missing, [noCore('core/a.c'), 'patch 1: no Signed-off-by by its author']);
});

test('of two authors the earlier one’s review approves what the later one sends', () => {
  const both = { paths: ['core/a.c'], author: carl, signers: [carl, cora] };
  assert.equal(judged({ patches: [{ ...both, tags: [['Reviewed-by', carl]] }] }).state, 'ready');
  assert.deepEqual(judged({ patches: [both] }).missing, [NO_OTHER]);
});

test('a maintainer who signed off an earlier form has not approved what somebody else made of it', () => {
  const revised = { paths: ['core/a.c'], author: ann, tags: [['Reviewed-by', rita]] } as const;
  assert.deepEqual(judged({ patches: [{ ...revised, signers: [cora, ann] }] }).missing, [noCore('core/a.c')]);
  assert.equal(judged({ patches: [{ ...revised, signers: [ann, cora] }] }).state, 'ready', 'she sends it');
});

test('an author cannot approve what he alone wrote', () => {
  const { missing } = judged({ patches: [{ paths: ['core/a.c'], author: cora, tags: [['Reviewed-by', cora]] }] });
  assert.deepEqual(missing, [NO_OTHER]);
});

test('an author is known by his name at another address', () => {
  const elsewhere = { name: 'Cora Core', email: 'cora@home.example' };
  const { state } = judged({
    patches: [{ paths: ['core/a.c'], author: elsewhere, tags: [['Reviewed-by', rita]] }],
  });
  assert.equal(state, 'ready');
});

test('the most specific maintainer is the normal case, a more general one stands in and is told apart', () => {
  const page = (by: typeof petra | typeof cora | typeof tara) =>
    judged({ patches: [{ paths: ['core/mm/p.c'], tags: [['Acked-by', by]] }] }).verdict?.patches[0];
  assert.deepEqual([page(petra)?.by, page(petra)?.general], ['specific', []]);
  assert.deepEqual([page(cora)?.by, page(cora)?.general], ['general', ['core/mm/p.c']]);
  assert.equal(page(tara)?.by, 'general');
});

test('a project may insist on the most specific maintainer', () => {
  const { missing } = judged({
    patches: [{ paths: ['core/mm/p.c'], tags: [['Acked-by', cora]] }],
    policy: { maintainers: 'specific' },
  });
  assert.deepEqual(missing, ['patch 1: no approval by a maintainer of core/mm/p.c (CORE PAGING)']);
});

test('a designated reviewer’s review is one by somebody else, but no maintainer’s', () => {
  const { missing } = judged({ patches: [{ paths: ['core/mm/p.c'], tags: [['Reviewed-by', rita]] }] });
  assert.deepEqual(missing, ['patch 1: no approval by a maintainer of core/mm/p.c (CORE PAGING)']);
});

test('a tag for an area covers the files of the area', () => {
  const patch = { paths: ['core/mm/p.c', 'tools/b.c'] };
  const tags = (area: string | null) =>
    judged({ patches: [{ ...patch, tags: [['Acked-by', tara, { area }]] }] }).missing.length;
  assert.equal(tags(null), 0);
  assert.equal(tags('tools'), 1);
  assert.equal(tags('paging, tools'), 0);
  assert.equal(tags('!tools'), 1);
  assert.equal(tags('with thanks'), 0, 'an area that names nothing of the patch limits nothing');
});

test('a rename across areas needs the maintainers of both', () => {
  const moved = { paths: ['tools/a.c', 'core/a.c'] };
  assert.deepEqual(judged({ patches: [{ ...moved, tags: [['Acked-by', ted]] }] }).missing, [noCore('core/a.c')]);
  const both = [
    ['Acked-by', ted],
    ['Acked-by', cora],
  ] as const;
  assert.equal(judged({ patches: [{ ...moved, tags: both }] }).state, 'ready');
});

test('files that nobody maintains need a review by anybody else', () => {
  const maintainers = MAINTAINERS.slice(0, MAINTAINERS.indexOf('THE REST'));
  const patch = { paths: ['new/a.c'] };
  assert.deepEqual(judged({ patches: [patch], maintainers }).missing, [NO_OTHER]);
  assert.equal(judged({ patches: [{ ...patch, tags: [['Acked-by', ted]] }], maintainers }).state, 'ready');
});

test('without a MAINTAINERS file anybody’s ack counts', () => {
  const patch = { paths: ['a.c'] };
  assert.deepEqual(judged({ patches: [patch], maintainers: null }).missing, [NO_OTHER]);
  const acked = judged({ patches: [{ ...patch, tags: [['Acked-by', ted]] }], maintainers: null });
  assert.deepEqual([acked.state, acked.verdict?.by], ['ready', null]);
});

test('a patch that adds its author to MAINTAINERS is judged by the file before it', () => {
  const patches = [
    { paths: ['MAINTAINERS'], tags: [['Acked-by', tara]] },
    { paths: ['tools/b.c'], tags: [['Reviewed-by', rita]] },
  ] as const;
  assert.deepEqual(judged({ patches }).missing, ['patch 2: no approval by a maintainer of tools/b.c (TOOLS)']);
});

test('a tree whose MAINTAINERS is damaged is judged by what can be read of it', () => {
  const maintainers = `<<<<<<< ours\n${MAINTAINERS}\n>>>>>>> theirs\nK:\t(((\nM: \n`;
  assert.equal(judged({ patches: [{ paths: ['core/a.c'], tags: [['Acked-by', cora]] }], maintainers }).state, 'ready');
});

test('an objection blocks; one by somebody who maintains nothing there may be overridden', () => {
  const tags = (by: typeof tara | typeof rita) =>
    [
      ['Acked-by', cora],
      ['Nacked-by', by, { status: 'objection' }],
    ] as const;
  const own = judged({ patches: [{ paths: ['core/a.c'], tags: tags(tara) }] });
  assert.deepEqual([own.state, own.missing], ['blocked', ['patch 1: Nacked-by Tara Top <tara@example.org>']]);
  const other = judged({ patches: [{ paths: ['core/a.c'], tags: tags(rita) }] });
  assert.deepEqual(other.missing, ['patch 1: Nacked-by Rita Read <rita@example.org>; a maintainer may override it']);
});

test('tags that do not count approve nothing', () => {
  for (const status of ['conditional', 'doubtful', 'withdrawn'] as const) {
    const { state } = judged({ patches: [{ paths: ['core/a.c'], tags: [['Acked-by', cora, { status }]] }] });
    assert.equal(state, 'waiting', status);
  }
});

test('a frozen tree needs a release ack, by the release manager where one is named', () => {
  const frozen = { tree: { state: 'frozen', since: 5 } } as const;
  const patch = { paths: ['core/a.c'], tags: [['Acked-by', cora]] } as const;
  const need = judged({ patches: [patch], ...frozen, policy: { releaseManagers: [rex.email] } });
  assert.deepEqual(need.missing, ['patch 1: no Release-acked-by while the tree is frozen']);
  assert.deepEqual([need.verdict?.needs[0]?.who[0]?.email, need.verdict?.needs[0]?.since], [rex.email, 5]);
  const acked = (by: typeof rex | typeof rita) => [...patch.tags, ['Release-acked-by', by]] as const;
  const judge = (by: typeof rex | typeof rita) =>
    judged({ patches: [{ ...patch, tags: acked(by) }], ...frozen, policy: { releaseManagers: [rex.email] } }).state;
  assert.deepEqual([judge(rex), judge(rita)], ['ready', 'waiting']);
});

test('nothing goes in during a commit moratorium', () => {
  const { missing, verdict } = judged({
    patches: [{ paths: ['core/a.c'], tags: [['Acked-by', cora]] }],
    tree: { state: 'moratorium', since: 5 },
  });
  assert.deepEqual([missing, verdict?.prefix], [['commit moratorium: nothing may go in'], 0]);
});

test('others get the time that the policy gives them', () => {
  const patches = [{ paths: ['core/a.c'], tags: [['Acked-by', cora]] }] as const;
  const policy = { minimumTime: 86_400 };
  assert.deepEqual(judged({ patches, policy, now: 86_399_000 }).missing, [
    'others have until 1970-01-02T00:00Z to answer',
  ]);
  assert.equal(judged({ patches, policy, now: 86_400_000 }).state, 'ready');
});

test('checks that the policy names must have passed', () => {
  const patches = [{ paths: ['core/a.c'], tags: [['Acked-by', cora]] }] as const;
  const of = (state?: string) =>
    judged({
      patches,
      policy: { checks: ['build'] },
      checks: state === undefined ? [] : [{ context: 'build', state, at: 1 }],
    }).missing;
  assert.deepEqual(of(), ['check build has not passed yet']);
  assert.deepEqual(of('pending'), ['check build has not passed yet']);
  assert.deepEqual(of('fail'), ['check build failed']);
  assert.deepEqual(of('success'), []);
});

test('what does not apply, and what is for comments, is its author’s to change', () => {
  const patches = [{ paths: ['core/a.c'], tags: [['Acked-by', cora]] }] as const;
  assert.deepEqual(judged({ patches, conflict: 'core/a.c:3' }).missing, ['does not apply: core/a.c:3']);
  const rfc = judged({ patches, series: { rfc: true } });
  assert.deepEqual(rfc.missing, ['posted as RFC: for comments, not to be committed']);
  assert.deepEqual(rfc.verdict?.needs[0]?.who, [ann]);
});

test('the first patches of a series can go in before the rest', () => {
  const good = { paths: ['core/a.c'], tags: [['Acked-by', cora]] } as const;
  const bad = { paths: ['core/a.c'] } as const;
  assert.equal(judged({ patches: [good, good, bad, good] }).verdict?.prefix, 2);
  assert.equal(judged({ patches: [bad, good] }).verdict?.prefix, 0);
  assert.equal(judged({ patches: [good, good] }).verdict?.prefix, 2);
});

test('a patch that has not arrived ends what can go in', () => {
  const good = { paths: ['core/a.c'], tags: [['Acked-by', cora]] } as const;
  const { missing } = judged({ patches: [good], series: { missing: [2], complete: false, state: 'held' } });
  assert.deepEqual(missing, ['patch 2 has not arrived']);
});

test('every rule can be switched off', () => {
  const policy = { maintainers: 'none', approvalByOther: false, signOff: false, objections: false } as const;
  const tags = [['Nacked-by', tara, { status: 'objection' }]] as const;
  assert.equal(judged({ patches: [{ paths: ['core/a.c'], signers: [], tags }], policy }).state, 'ready');
});
