import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mapped, NO_MAILMAP, parseMailmap } from '../../src/review/mailmap.ts';
import { parsePerson } from '../../src/review/maintainers-person.ts';
import { peopleOf } from '../../src/review/people.ts';

const ann = { name: 'Ann Author', email: 'ann@example.org' };

test('.mailmap is read in its four forms', () => {
  const mailmap = parseMailmap(
    [
      'Proper Name <one@example.org>',
      '<two@example.org> <old-two@example.org>',
      'Three <three@example.org> <Old-Three@example.org>',
      'Four <four@example.org> Wrong <shared@example.org>',
      'nonsense',
    ].join('\n'),
  );
  assert.deepEqual(mapped(mailmap, { name: 'x', email: 'one@example.org' }), {
    name: 'Proper Name',
    email: 'one@example.org',
  });
  assert.equal(mapped(mailmap, { name: 'Two', email: 'old-two@example.org' }).email, 'two@example.org');
  assert.equal(mapped(mailmap, { name: 'T', email: 'old-three@example.org' }).name, 'Three');
  assert.equal(mapped(mailmap, { name: 'wrong', email: 'shared@example.org' }).email, 'four@example.org');
  assert.equal(mapped(mailmap, { name: 'Other', email: 'shared@example.org' }).email, 'shared@example.org');
});

test('a chain of .mailmap lines is followed to its end, a circle is left', () => {
  const mailmap = parseMailmap(
    '<b@x.example> <a@x.example>\n<c@x.example> <b@x.example>\n<e@x.example> <d@x.example>\n<d@x.example> <e@x.example>\n',
  );
  assert.equal(mapped(mailmap, { name: 'A', email: 'a@x.example' }).email, 'c@x.example');
  assert.match(mapped(mailmap, { name: 'D', email: 'd@x.example' }).email, /^[de]@/);
});

test('a person is known by name, by .mailmap and by the table of the project', () => {
  const people = peopleOf(parseMailmap('<ann@example.org> <a.a@corp.example>\n'), [
    ['ann@example.org', 'aa@home.example'],
  ]);
  assert.ok(people.same(ann, { name: 'Ann Author', email: 'ann@elsewhere.example' }));
  assert.ok(people.same(ann, { name: 'A', email: 'a.a@corp.example' }));
  assert.ok(people.same(ann, { name: '', email: 'AA@home.example' }));
  assert.ok(!people.same(ann, { name: 'Bob Other', email: 'bob@example.org' }));
  assert.ok(!peopleOf(NO_MAILMAP, []).same(ann, { name: 'A', email: 'a.a@corp.example' }));
});

test('people are read as MAINTAINERS and trailers write them', () => {
  assert.deepEqual(parsePerson('"Dan D. Deep" <dan@example.org> # arm'), {
    name: 'Dan D. Deep',
    email: 'dan@example.org',
  });
  assert.deepEqual(parsePerson('dan@example.org (list)'), { name: '', email: 'dan@example.org' });
  assert.equal(parsePerson('nobody at all'), null);
});
