import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isSamePerson, senderOf } from '../../src/review/identity.ts';
import type { ProjectRules } from '../../src/series/series.ts';
import { answer, derive, patchMail, ROB, SUE, tagsOf, told, toldOf } from '../helpers/review.ts';

const rob = { name: 'Rob Reviewer', email: 'rob@example.org' };
const patch = patchMail('p', '[PATCH] fix');

describe('the one whom a tag names and the one who sent it', () => {
  test('are the same by address, whatever its case and detail', () => {
    for (const email of ['rob@example.org', 'Rob@Example.ORG', 'rob+xen@example.org']) {
      assert.equal(senderOf({ name: 'R.', email }, rob), 'same', email);
    }
  });

  test('are one person with another address by name: order, accents, middle names, short forms', () => {
    const names: readonly (readonly [one: string, other: string])[] = [
      ['Rob Reviewer', 'Rob Reviewer'],
      ['Reviewer, Rob', 'Rob Reviewer'],
      ['rob  REVIEWER', 'Rob Reviewer'],
      ['Jürgen Groß', 'Juergen Gross'],
      ['Roger Pau Monné', 'Roger Pau Monne'],
      ['Roger Pau Monné', 'Roger Pau'],
      ['Matthew Ho', 'Matt Ho'],
    ];
    for (const [one, other] of names) {
      assert.equal(senderOf({ name: one, email: 'a@x.org' }, { name: other, email: 'b@y.org' }), 'other-address', one);
    }
  });

  test('are two people where one word or nothing of the name is shared', () => {
    const names: readonly (readonly [one: string, other: string])[] = [
      ['Rob', 'Rob'],
      ['', ''],
      ['Rob Reviewer', 'Rob'],
      ['Rob Reviewer', 'Rob Roe'],
      ['Al Ho', 'Albert Po'],
      ['A Ho', 'Anna Ho'],
    ];
    for (const [one, other] of names) {
      assert.equal(
        isSamePerson({ name: one, email: 'a@x.org' }, { name: other, email: 'b@y.org' }),
        false,
        `${one} ${other}`,
      );
    }
  });
});

describe('a tag', () => {
  test('from another address of the same person counts, and is kept as written', async () => {
    const derived = await derive([patch, answer('p', 'Acked-by: Rob Reviewer <rob@corp.example>')]);
    const [tag] = tagsOf(derived, 'p');
    assert.deepEqual([tag?.status, tag?.sender, tag?.email], ['given', 'other-address', 'rob@corp.example']);
  });

  test('that names somebody else is doubtful until he says so himself', async () => {
    const forged = answer('p', `Acked-by: ${SUE}`);
    assert.deepEqual(await toldOf([patch, forged], 'p'), ['doubtful Acked-by Sue Second']);
    assert.deepEqual(await toldOf([patch, forged, answer('p', `Acked-by: ${SUE}`, { from: SUE })], 'p'), [
      'given Acked-by Sue Second',
    ]);
  });

  test('that names somebody else gains nothing by an answer to it, of anybody', async () => {
    const forged = answer('p', `Acked-by: ${SUE}`, { id: 'forged' });
    for (const from of [ROB, SUE, 'Bob Builder <bob@example.org>']) {
      const mails = [patch, forged, answer('forged', `> Acked-by: ${SUE}\n\nThanks.`, { from })];
      assert.deepEqual(await toldOf(mails, 'p'), ['doubtful Acked-by Sue Second'], from);
    }
  });

  test('of a sender whose name has a comma is compared as any other', async () => {
    const from = '"Reviewer, Rob" <rob@example.org>';
    assert.deepEqual(await toldOf([patch, answer('p', `Acked-by: ${ROB}`, { from })], 'p'), [
      'given Acked-by Rob Reviewer',
    ]);
    assert.deepEqual(await toldOf([patch, answer('p', `Acked-by: ${SUE}`, { from })], 'p'), [
      'doubtful Acked-by Sue Second',
    ]);
  });

  test('of a sender whose From the list has rewritten is his', async () => {
    const list = 'Rob Reviewer via devel <devel@lists.example.org>';
    for (const headers of [
      'X-Original-From: Rob Reviewer <rob@example.org>\n',
      'Reply-To: Rob Reviewer <rob@example.org>\n',
      'Cc: Rob Reviewer <rob@example.org>\n',
    ]) {
      const from = { from: list, headers: `List-Id: <devel.lists.example.org>\n${headers}` };
      const derived = await derive([patch, answer('p', `Acked-by: ${ROB}`, from)]);
      assert.deepEqual(
        tagsOf(derived, 'p').map((tag) => [tag.status, tag.sender]),
        [['given', 'same']],
        headers,
      );
      const other = await derive([patch, answer('p', `Acked-by: ${SUE}`, from)]);
      assert.deepEqual(told(tagsOf(other, 'p')), ['doubtful Acked-by Sue Second'], headers);
    }
  });

  test("of a person who only says that he writes for another is not the other's", async () => {
    const headers = `X-Original-From: ${SUE}\nReply-To: ${SUE}\n`;
    assert.deepEqual(await toldOf([patch, answer('p', `Acked-by: ${SUE}`, { headers })], 'p'), [
      'doubtful Acked-by Sue Second',
    ]);
  });

  test('of the author on his own patch does not count, from none of his addresses', async () => {
    for (const from of ['Ann Author <ann@example.org>', 'Ann Author <ann@home.example>']) {
      const derived = await derive([patch, answer('p', `Reviewed-by: ${from}`, { from })]);
      const [tag] = tagsOf(derived, 'p');
      assert.deepEqual([tag?.status, tag?.why], ['doubtful', 'the author cannot review his own patch']);
    }
  });

  test('of the author counts where somebody else sent the patch for him', async () => {
    const sent = patchMail('p', '[PATCH] fix', { from: SUE });
    const body = `From: Ann Author <ann@example.org>\n\n${String(sent.body)}`;
    const ann = 'Ann Author <ann@example.org>';
    assert.deepEqual(await toldOf([{ ...sent, body }, answer('p', `Acked-by: ${ann}`, { from: ann })], 'p'), [
      'given Acked-by Ann Author',
    ]);
  });

  test('of the author that he has tested it counts', async () => {
    const from = 'Ann Author <ann@example.org>';
    assert.deepEqual(await toldOf([patch, answer('p', `Tested-by: ${from}`, { from })], 'p'), [
      'given Tested-by Ann Author',
    ]);
  });
});

describe('what a project says', () => {
  const patch = patchMail('p', '[PATCH] work');
  const rules = (rest: Partial<ProjectRules>): ProjectRules[] => [
    { name: 'demo', lists: [], prefixes: [], fallback: true, ...rest },
  ];

  test('addresses that it names as one person are one', async () => {
    const mail = answer('p', 'Acked-by: R. R. <other@work.example>');
    const aliases = [['rob@example.org', 'other@work.example']];
    const [plain] = tagsOf(await derive([patch, mail], rules({})), 'p');
    const [known] = tagsOf(await derive([patch, mail], rules({ aliases })), 'p');
    assert.deepEqual([plain?.status, known?.status, known?.sender], ['doubtful', 'given', 'other-address']);
  });

  test('shorthand counts where it says so', async () => {
    const mail = answer('p', 'R-b: me');
    const [plain] = tagsOf(await derive([patch, mail], rules({})), 'p');
    const [wanted] = tagsOf(await derive([patch, mail], rules({ shorthand: true })), 'p');
    assert.deepEqual([plain?.status, wanted?.status, wanted?.kind], ['doubtful', 'given', 'Reviewed-by']);
  });
});
