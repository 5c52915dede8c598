import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addTrailers, parseTrailers } from '../../src/patch/trailers.ts';

const ANN = 'Signed-off-by: Ann Author <ann@example.org>';
const RAY = { kind: 'Reviewed-by', value: 'Ray Viewer <ray@example.org>' };

test('the last paragraph is the block where all its lines are trailers', () => {
  const message = `Title\n\nNote: this is prose\nof two lines.\n\nFixes: 1234 ("x")\n${ANN}\n`;
  assert.deepEqual(parseTrailers(message), [
    { kind: 'Fixes', value: '1234 ("x")' },
    { kind: 'Signed-off-by', value: 'Ann Author <ann@example.org>' },
  ]);
});

test('a block with a Signed-off-by may hold other lines, a block without one may not', () => {
  const note = 'master date: of yesterday evening';
  assert.equal(parseTrailers(`Title\n\n${ANN}\n${note}\n`).length, 1);
  assert.equal(parseTrailers(`Title\n\nReviewed-by: A <a@b>\n${note}\n`).length, 0);
});

test('a title that looks like a trailer is none', () => {
  assert.deepEqual(parseTrailers('x86: fix\n'), []);
});

test('folded values are unfolded', () => {
  const [first] = parseTrailers(`Title\n\nReviewed-by: A Long Name\n <long@example.org>\n${ANN}\n`);
  assert.deepEqual(first, { kind: 'Reviewed-by', value: 'A Long Name <long@example.org>' });
});

test("added trailers follow the author's own in one block", () => {
  const message = `Title\n\nWhy.\n\n${ANN}\n`;
  assert.equal(addTrailers(message, [RAY]), `Title\n\nWhy.\n\n${ANN}\nReviewed-by: Ray Viewer <ray@example.org>\n`);
});

test('a message without trailers gets a block of its own', () => {
  assert.equal(
    addTrailers('Title\n\nWhy: because\nof this.\n', [RAY]),
    'Title\n\nWhy: because\nof this.\n\nReviewed-by: Ray Viewer <ray@example.org>\n',
  );
  assert.equal(addTrailers('Title\n', [RAY]), 'Title\n\nReviewed-by: Ray Viewer <ray@example.org>\n');
});

test('nothing is added twice by kind, address and area, whatever the case', () => {
  const message = `Title\n\n${ANN}\nreviewed-By: Ray <RAY@example.org>\n`;
  const part = { ...RAY, value: `${RAY.value} # arm` };
  assert.equal(addTrailers(message, [RAY, RAY, part]), message);
  const narrow = message.replace('RAY@example.org>', 'RAY@example.org> [Arm]');
  assert.equal(addTrailers(narrow, [part]), narrow);
  assert.equal(addTrailers(addTrailers(`Title\n\n${ANN}\n`, [RAY]), [RAY]).match(/Ray/g)?.length, 1);
});

test('a value with a line end cannot forge a second line', () => {
  const forged = addTrailers(`Title\n\n${ANN}\n`, [
    { kind: 'Acked-by', value: 'E <e@example.org>\nAcked-by: Boss <b@example.org>' },
  ]);
  assert.equal(forged.split('\n').filter((line) => line.startsWith('Acked-by:')).length, 1);
});
