import assert from 'node:assert/strict';
import { test } from 'node:test';
import { apiCase } from '../helpers/api-case.ts';
import { assertSoundPage, textOf } from '../helpers/html.ts';
import { mailText } from '../helpers/mail-text.ts';
import { LIST } from '../helpers/posted.ts';

const DIFF = 'diff --git a/p.c b/p.c\nnew file mode 100644\n--- /dev/null\n+++ b/p.c\n@@ -0,0 +1 @@\n+one\n-- \n2.39\n';

test('a patch page shows what stands below ---, apart from the commit message, with what is said of it', async (t) => {
  const its = await apiCase(t);
  const notes =
    "v2: <b>Shorter</b>, as Rob asked.\n    Café's case too.\n---\n p.c | 1 +\n 1 file changed, 1 insertion(+)\n\n";
  const body = `Because.\n\nSigned-off-by: Ann Author <ann@example.org>\n---\n${notes}${DIFF}`;
  const headers = { to: LIST, date: 'Mon, 3 Jun 2024 10:00:00 +0200' };
  const reply = "> v2: <b>Shorter</b>, as Rob asked.\n> Café's case too.\n\nThat was Max.\n";
  await its.receive(
    mailText({ ...headers, id: 'plum', subject: '[PATCH v2] make plum right', body }),
    mailText({
      ...headers,
      id: 'c1',
      replyTo: 'plum',
      from: 'Rob <rob@example.org>',
      subject: 'Re: plum',
      body: reply,
    }),
  );
  const html = await (await fetch(`${its.url}/patch/plum@example.org`)).text();
  assertSoundPage(html);
  const text = textOf(html);
  assert.match(
    text,
    /Signed-off-by: Ann Author <ann@example.org> For reviewers below the commit message, in no commit v2: <b>Shorter<\/b>, as Rob asked\. +Café's case too\. .*That was Max\..* p\.c \+1/,
  );
  assert.match(text, /1 open/);
  assert.doesNotMatch(text, /1 file changed/);
});
