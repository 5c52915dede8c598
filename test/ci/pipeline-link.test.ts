import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pipelineLinks, remarksBelow } from '../../src/ci/pipeline-link.ts';

test('a link to a GitLab pipeline or a GitHub run names host, project and number', () => {
  const text = `CI: https://gitlab.com/xen-project/people/ann/xen/-/pipelines/123.\nhttps://github.com/ann/xen/actions/runs/77 passed`;
  assert.deepEqual(pipelineLinks(text), [
    {
      url: 'https://gitlab.com/xen-project/people/ann/xen/-/pipelines/123',
      origin: 'https://gitlab.com',
      kind: 'gitlab',
      project: 'xen-project/people/ann/xen',
      id: 123,
    },
    {
      url: 'https://github.com/ann/xen/actions/runs/77',
      origin: 'https://github.com',
      kind: 'github',
      project: 'ann/xen',
      id: 77,
    },
  ]);
});

test("quoted lines, other pages and ways out of a project's name are no links", () => {
  const texts = [
    '> https://gitlab.com/a/b/-/pipelines/1',
    'https://gitlab.com/a/b/-/jobs/1',
    'https://gitlab.com/../b/-/pipelines/1',
    'http://gitlab.com/a/b/-/pipelines/1',
  ];
  for (const text of texts) assert.deepEqual(pipelineLinks(text), [], text);
  const many = Array.from({ length: 50 }, (_, n) => `https://gitlab.com/a/b/-/pipelines/${n + 1}`).join('\n');
  assert.equal(pipelineLinks(many).length, 4);
});

test('of a patch only what stands below the --- counts, of a cover all of it', () => {
  const mail = 'why\n\nSigned-off-by: A\n---\nhttps://ci\n a.c | 2 +-\n\ndiff --git a/a.c b/a.c\n+not this\n';
  assert.equal(remarksBelow(mail, false), '---\nhttps://ci\n a.c | 2 +-\n\n');
  assert.equal(remarksBelow('no line', false), '');
  assert.equal(remarksBelow('no line', true), 'no line');
});
