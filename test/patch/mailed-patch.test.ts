import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Message } from '../../src/mail/message.ts';
import { parseMessage } from '../../src/mail/parse.ts';
import { patchOf } from '../../src/patch/mailed-patch.ts';
import type { Patch } from '../../src/patch/patch.ts';
import { parseSubject } from '../../src/patch/subject.ts';
import { type GitRepo, gitRepo } from '../helpers/git-repo.ts';
import { mailText } from '../helpers/mail-text.ts';

const OLD = 'one\ntwo\nthree\nfour\nfive \n';
const HUNK = `@@ -1,4 +1,4 @@ some heading that was cut
 one
-two
+zwei – ñandú
 three
 four
`;
const GIT_DIFF = `diff --git a/dir/file.c b/dir/file.c
index 0000000..1111111 100644
--- a/dir/file.c
+++ b/dir/file.c
${HUNK}`;
const QUILT_DIFF = `--- a/dir/file.c\n+++ b/dir/file.c\n${HUNK}`;
const TEXT = 'Because of  this.\n\n\nAnd that: Grüße. \n\nSigned-off-by: Ann Author <ann@example.org>\n';
const BODY = `${TEXT}---\n dir/file.c | 2 +-\n 1 file changed\n\n${GIT_DIFF}-- \n2.39.2\n`;
const ENCODED = 'MIME-Version: 1.0\nContent-Type: text/plain; charset=UTF-8\nContent-Transfer-Encoding: ';

function quotedPrintable(text: string): string {
  const encode = (line: string): string =>
    [...Buffer.from(line)]
      .map((byte) =>
        byte > 126 || byte === 61 || byte < 32
          ? `=${byte.toString(16).toUpperCase().padStart(2, '0')}`
          : String.fromCharCode(byte),
      )
      .join('')
      .replace(/ $/, '=20');
  return text.split('\n').map(encode).join('\n');
}

const MAILS: Readonly<Record<string, Buffer>> = {
  plain: mailText({ id: 'p', subject: '[PATCH v2 3/7] x86: fix  it', body: BODY }),
  'quilt without diff --git, --- and signature': mailText({
    id: 'q',
    subject: '[PATCH] x86: fix it',
    body: `${TEXT}\n${QUILT_DIFF}\n\n`,
  }),
  'base64 with a list footer': mailText({
    id: 'b',
    subject: '[Xen-devel] [PATCH] x86: fix it',
    headers: `${ENCODED}base64\n`,
    body: Buffer.from(`${BODY}_____\nlist mailing list\n`).toString('base64'),
  }),
  'quoted-printable': mailText({
    id: 'qp',
    subject: '[PATCH] x86: fix it',
    headers: `${ENCODED}quoted-printable\n`,
    body: quotedPrintable(BODY),
  }),
  'format=flowed': mailText({
    id: 'f',
    subject: '[PATCH] x86: fix it',
    headers:
      'MIME-Version: 1.0\nContent-Type: text/plain; charset=UTF-8; format=flowed\nContent-Transfer-Encoding: 8bit\n',
    body: BODY.replaceAll(/^ /gm, '  ').replace('that: Grüße. \n', 'that: Grüße.\n'),
  }),
  'non-ASCII author in an encoded word': mailText({
    id: 'n',
    from: '=?UTF-8?q?J=C3=BCrgen_Gro=C3=9F?= <jg@example.org>',
    subject: '[PATCH] x86: fix it',
    body: BODY,
  }),
  'in-body From and Date': mailText({
    id: 'i',
    subject: '[PATCH] x86: fix it',
    body: `From: Óscar Author <oscar@example.org>\nDate: Fri, 31 May 2024 23:59:58 -0700\n\n${BODY}`,
  }),
  'in-body From of encoded words, and in-body Subject': mailText({
    id: 's',
    subject: '[PATCH] wrong',
    body: `From: =?UTF-8?q?J=C3=BCrgen?= <jg@example.org>\nSubject: [PATCH] x86: right\n\n${BODY}`,
  }),
  'latin1 text': mailText({
    id: 'l',
    subject: '[PATCH] x86: fix it',
    headers: 'MIME-Version: 1.0\nContent-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: 8bit\n',
    body: Buffer.from(BODY.replace('–', '-'), 'latin1'),
  }),
  'no message text': mailText({ id: 'e', subject: '[PATCH] x86: fix it', body: GIT_DIFF }),
};

async function read(raw: Buffer): Promise<{ message: Message; patch: Patch }> {
  const message = await parseMessage(raw);
  const patch = patchOf(message, parseSubject(message.subject));
  assert.ok(patch !== null, 'the mail has a patch');
  return { message, patch };
}

/** Tree that the patch's own diff gives on the base, by `git apply --cached`. */
function treeOf(repo: GitRepo, patch: Patch): string {
  repo.git('read-tree', 'HEAD');
  const applied = repo.run(['apply', '--cached', '--whitespace=nowarn', '-'], Buffer.from(patch.diff, 'latin1'));
  assert.equal(applied.code, 0, applied.stderr);
  return repo.git('write-tree');
}

for (const [name, raw] of Object.entries(MAILS)) {
  test(`author, date, message and tree are those of git am: ${name}`, async () => {
    await using repo = await gitRepo();
    const base = repo.commit({ 'dir/file.c': OLD }, 'base');
    const { patch } = await read(raw);
    const tree = treeOf(repo, patch);
    repo.git('reset', '--quiet', '--hard', base);
    const am = repo.run(['am', '--quiet'], raw);
    assert.equal(am.code, 0, am.stderr);
    const [author, email, date, ...message] = repo.git('show', '-s', '--format=%an%n%ae%n%aI%n%B').split('\n');
    assert.deepEqual([patch.author.name, patch.author.email, patch.authorDate], [author, email, date]);
    assert.equal(patch.message.trimEnd(), message.join('\n').trimEnd());
    assert.equal(tree, repo.git('rev-parse', 'HEAD^{tree}'));
  });
}

test('a mail with CRLF lines, as a server gives it, has the same patch', async () => {
  const { patch } = await read(MAILS['plain'] ?? Buffer.alloc(0));
  const crlf = Buffer.from((MAILS['plain'] ?? Buffer.alloc(0)).toString('latin1').replaceAll('\n', '\r\n'), 'latin1');
  assert.deepEqual((await read(crlf)).patch, patch);
});

test('scissors cut what stands above them', async () => {
  const body = `Hi all,\n\nI found this.\n\n-- >8 --\nSubject: [PATCH] x86: real title\n\n${BODY}`;
  const { patch } = await read(mailText({ id: 'c', subject: 'Found [PATCH] something', body }));
  assert.equal(patch.title, 'x86: real title');
  assert.ok(patch.message.startsWith('x86: real title\n\nBecause of  this.\n\nAnd that'));
});

test("a patch that is attached has the mail's text as its message", async () => {
  const body = `--x\nContent-Type: text/plain; charset=UTF-8\n\n${TEXT}--x\nContent-Type: text/x-patch; name=fix.patch\nContent-Disposition: attachment; filename=fix.patch\n\n${QUILT_DIFF}--x--\n`;
  const raw = mailText({
    id: 'a',
    subject: '[PATCH] x86: fix it',
    headers: 'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=x\n',
    body,
  });
  const { patch } = await read(raw);
  assert.equal(patch.diff, Buffer.from(QUILT_DIFF).toString('latin1'));
  assert.ok(patch.message.includes('Because of  this.'));
});

test('a cover has no patch, even with a diff in it', async () => {
  const message = await parseMessage(mailText({ id: 'r', subject: '[PATCH 0/2] x86: fix it', body: BODY }));
  assert.equal(patchOf(message, parseSubject(message.subject)), null);
});

test('a reply has a patch only where it is whole: signed off, and nothing quoted above the diff', async () => {
  const bodies = {
    whole: BODY,
    quoting: `> what of this?\n\n${BODY}`,
    unsigned: BODY.replace(/^Signed-off-by.*\n/m, ''),
  };
  const found = await Promise.all(
    Object.entries(bodies).map(async ([name, body]) => {
      const message = await parseMessage(mailText({ id: 'r', subject: 'Re: [PATCH] x86: fix it', body }));
      return patchOf(message, parseSubject(message.subject)) === null ? null : name;
    }),
  );
  assert.deepEqual(found, ['whole', null, null]);
});

test('the base commit that format-patch names is found', async () => {
  const id = '0123456789abcdef0123456789abcdef01234567';
  const { patch } = await read(
    mailText({ id: 'x', subject: '[PATCH] x86: fix it', body: BODY.replace('-- \n', `\nbase-commit: ${id}\n-- \n`) }),
  );
  assert.equal(patch.baseCommit, id);
});

test('a binary patch, a rename and a new empty file apply as sent', async () => {
  await using repo = await gitRepo();
  repo.commit({ 'a.bin': new Uint8Array([0, 1, 2, 255]), 'name.c': OLD }, 'base');
  const next = repo.commit(
    { 'a.bin': new Uint8Array([9, 0, 255, 7]), 'name.c': null, 'other.c': OLD, empty: '' },
    'x86: all forms',
  );
  const [mail] = repo.formatPatch('HEAD~1..HEAD', '--binary', '-M');
  const { patch } = await read(mail ?? Buffer.alloc(0));
  repo.git('reset', '--quiet', '--hard', 'HEAD~1');
  assert.equal(treeOf(repo, patch), repo.git('rev-parse', `${next}^{tree}`));
  assert.deepEqual(patch.paths, ['a.bin', 'empty', 'other.c', 'name.c']);
});

const FLOWED =
  'MIME-Version: 1.0\nContent-Type: text/plain; charset=UTF-8; format=flowed\nContent-Transfer-Encoding: 8bit\n';

test('a mail that says format=flowed and is not is read as it was sent, and says so', async () => {
  const plain = (await read(MAILS['plain'] ?? Buffer.alloc(0))).patch;
  const { patch } = await read(mailText({ id: 'w', subject: '[PATCH] x86: fix it', headers: FLOWED, body: BODY }));
  assert.equal(patch.diff, plain.diff);
  assert.deepEqual([patch.repaired, plain.repaired], [true, false]);
});

test('where neither reading gives whole hunks nothing is guessed', async () => {
  const wrapped = BODY.replace('+zwei – ñandú', '+zwei –\nñandú');
  const raw = mailText({ id: 'v', subject: '[PATCH] x86: fix it', headers: FLOWED, body: wrapped });
  const message = await parseMessage(raw);
  assert.equal(patchOf(message, parseSubject(message.subject)), null);
});
