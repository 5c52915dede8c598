import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fateOf, inlineComments, type ReplyMail } from '../../src/review/inline-comments.ts';

const PATCH = [
  'lib: count what is there',
  '',
  'It was not counted before.',
  '',
  'Signed-off-by: Ada Example <ada@example.org>',
  'diff --git a/lib/count.c b/lib/count.c',
  '--- a/lib/count.c',
  '+++ b/lib/count.c',
  '@@ -1,3 +1,9 @@',
  ' int one(void)',
  ' {',
  '+    int n = 0;',
  '+    return n;',
  ' }',
  '+int two(void)',
  '+{',
  '+    int n = 1;',
  '+    return n;',
  '+}',
];

const ADA = { name: 'Ada Example', email: 'ada@example.org' };
const BOB = { name: 'Bob Example', email: 'bob@example.org' };

function reply(id: string, text: string, changes: Partial<ReplyMail> = {}): ReplyMail {
  const plain = { inReplyTo: '<patch>', references: ['<patch>'], from: BOB, posted: 1 };
  return { msgid: `<${id}>`, ...plain, text, ...changes };
}

const placesOf = (...mails: ReplyMail[]) => inlineComments(PATCH, mails).map(({ line, text }) => [line, text]);

test('a comment stands at the last line of the quote above it, in the message as in the diff', () => {
  const text = [
    'On Monday, Ada Example wrote:',
    '> It was not counted before.',
    '',
    'Why not?',
    '',
    '> @@ -1,3 +1,9 @@',
    '>  int one(void)',
    '>  {',
    '> +    int n = 0;',
    '',
    'unsigned, please.',
    '',
    'Bob',
    '-- ',
    'a signature',
  ].join('\n');
  assert.deepEqual(placesOf(reply('a', text)), [
    [2, 'Why not?'],
    [11, 'unsigned, please.'],
  ]);
});

test('of equal lines the one is meant whose neighbours are quoted too', () => {
  const second = '> +    int n = 1;\n> +    return n;\n\nHere.\n';
  const first = '> +    int n = 0;\n> +    return n;\n\nHere.\n';
  assert.deepEqual(placesOf(reply('a', second)), [[17, 'Here.']]);
  assert.deepEqual(placesOf(reply('a', first)), [[12, 'Here.']]);
});

test('a lone brace that is quoted alone says nothing about the place', () => {
  assert.deepEqual(placesOf(reply('a', '> +}\n\nWhich?\n')), [[null, 'Which?']]);
});

test('quoting may wrap lines and lose blanks', () => {
  const patch = ['+    some_function_with_a_name(argument_one, argument_two, argument_three);'];
  const wrapped = '>+   some_function_with_a_name(argument_one, argument_two,\n> argument_three);\n\nLong.\n';
  assert.deepEqual(
    inlineComments(patch, [reply('a', wrapped)]).map(({ line }) => line),
    [0],
  );
});

test('tags, greetings, thanks and names alone are no comments', () => {
  for (const text of [
    'Reviewed-by: Bob Example <bob@example.org>\n',
    'Hi Ada,\n\n> +    int n = 0;\n\nLGTM.\nAcked-by: Bob Example <bob@example.org>\n\nThanks,\nBob\n',
    '> +    int n = 0;\n\n...\n',
  ])
    assert.deepEqual(placesOf(reply('a', text)), [], text);
});

test('a comment is open until somebody else quotes it in an answer', () => {
  const question = reply('q', '> +    int n = 0;\n\nWhy is it signed?\n');
  const statesWith = (...mails: ReplyMail[]) =>
    inlineComments(PATCH, [question, ...mails]).map(({ from, answered, line }) => [from.name, answered, line]);
  assert.deepEqual(statesWith(), [['Bob Example', false, 11]]);
  const answer = {
    from: ADA,
    posted: 2,
    inReplyTo: '<q>',
    references: ['<patch>', '<q>'],
  };
  const quoting = reply('a', '> > +    int n = 0;\n> \n> Why is it signed?\n\nIt will not be.\n', answer);
  assert.deepEqual(statesWith(quoting), [
    ['Bob Example', true, 11],
    ['Ada Example', false, 11],
  ]);
  const elsewhere = reply('a', '> > lib: count\n\nSomething else.\n', answer);
  assert.equal(statesWith(elsewhere)[0]?.[1], false);
  const oneself = reply('a', '> Why is it signed?\n\nPing.\n', { ...answer, from: BOB });
  assert.equal(statesWith(oneself)[0]?.[1], false);
  const topPost = reply('a', 'Will do.\n', answer);
  assert.equal(statesWith(topPost)[0]?.[1], true);
});

test('the order of the mails does not matter', () => {
  const mails = [
    reply('a', '> +    int n = 0;\n\nOne.\n', { posted: 2 }),
    reply('b', '> +    int n = 1;\n\nTwo.\n', { posted: 1 }),
    reply('c', 'Three.\n', { posted: 1 }),
  ];
  assert.deepEqual(inlineComments(PATCH, mails), inlineComments(PATCH, mails.toReversed()));
});

test('a commented line is followed into the next version by its words', () => {
  const next = ['+    unsigned int n = 0;', '     return n;', '-    int n = 1;'];
  assert.equal(fateOf('+    return n;', next), 'kept');
  assert.equal(fateOf('+    int n = 0;', next), 'gone');
  assert.equal(fateOf('+    int n = 1;', next), 'gone');
});

test('a long thread about a long patch takes bounded work', () => {
  const patch = Array.from({ length: 20_000 }, () => '+    return n;');
  const text = '> +    return n;\n\nSame?\n\n'.repeat(2_000);
  const comments = inlineComments(
    patch,
    Array.from({ length: 20 }, (_, at) => reply(`m${at}`, text)),
  );
  assert.equal(comments.length, 500);
});
