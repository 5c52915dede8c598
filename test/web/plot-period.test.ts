import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BadRequest } from '../../src/web/bad-request.ts';
import { plotPeriod, stepsSince, unitFor } from '../../src/web/plot-period.ts';

const NOW = Date.parse('2024-07-01T12:00:00Z');
const day = (text: string): number => Date.parse(text);
const words = (from: string, unit: Parameters<typeof stepsSince>[2]) =>
  stepsSince(day(from), NOW, unit).map(({ word }) => word);

test('weeks end now, and as many are shown as reach back to the begin', () => {
  assert.deepEqual(words('2024-06-15', 'week'), ['06-17', '06-24', '07-01']);
  assert.deepEqual(words('2024-07-01', 'week'), ['07-01'], 'one where there is nothing yet');
});

test('parts of the calendar are whole, but for the last, which is not over', () => {
  assert.deepEqual(words('2024-04-30', 'month'), ['2024-04', '2024-05', '2024-06', '2024-07']);
  assert.deepEqual(words('2023-11-30', 'quarter'), ['2023 Q4', '2024 Q1', '2024 Q2', '2024 Q3']);
  assert.deepEqual(words('2022-11-30', 'year'), ['2022', '2023', '2024']);
});

test('every moment is in one step: none is counted twice, none is left out', () => {
  for (const unit of ['week', 'month', 'quarter', 'year'] as const) {
    const steps = stepsSince(day('2021-02-03'), NOW, unit);
    assert.ok((steps[0]?.from ?? NOW) < day('2021-02-03'));
    assert.equal(steps.at(-1)?.until, NOW);
    for (const [at, step] of steps.slice(1).entries()) assert.equal(step.from, steps[at]?.until);
  }
});

test('what goes back long has fewer steps a year', () => {
  assert.deepEqual(
    ['2023-07-01', '2020-07-01', '1995-07-01'].map((from) => unitFor(day(from), NOW)),
    ['month', 'quarter', 'year'],
  );
});

test('a period is one of three, a year where nobody says', () => {
  assert.deepEqual([plotPeriod({}), plotPeriod({ period: '90d' })], ['year', '90d']);
  for (const period of ['', '30d', 'toString']) assert.throws(() => plotPeriod({ period }), BadRequest);
});
