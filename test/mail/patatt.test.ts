import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { developerVerdict } from '../../src/mail/patatt.ts';
import { gitMailInfo } from '../../src/mirror/mailinfo.ts';
import { developerKeys } from '../../src/source/developer-keys.ts';
import { mailText, patchBody } from '../helpers/mail-text.ts';
import { requires } from '../helpers/requires.ts';
import { tempDir } from '../helpers/temp-dir.ts';

const MAIL = mailText({
  id: 'p',
  subject: '[PATCH v2 1/2] x: déjà vu',
  from: 'Änn Author <ann@example.org>',
  body: patchBody('x.c', 'fixed'),
});

/** A person with a key of her own, made and used by patatt itself; her public key in its place below `keys`. */
function signer(t: TestContext): { sign: (mail: Buffer) => Buffer; keys: string } {
  const home = tempDir(t);
  const keys = join(home, 'data/patatt/public');
  mkdirSync(join(home, 'data/patatt'), { recursive: true });
  const env = { PATH: process.env['PATH'] ?? '', HOME: home, XDG_DATA_HOME: join(home, 'data') };
  writeFileSync(
    join(home, '.gitconfig'),
    '[user]\n\tname = Ann\n\temail = ann@example.org\n[patatt]\n\tsigningkey = ed25519:test\n\tselector = default\n',
  );
  execFileSync('patatt', ['genkey', '-n', 'test'], { env, cwd: home, stdio: 'ignore' });
  return { sign: (mail) => execFileSync('patatt', ['sign'], { env, cwd: home, input: mail }), keys };
}

const verdict = (mail: Uint8Array, keys: string) => developerVerdict(mail, developerKeys(keys), gitMailInfo);

test("a developer's own signature is checked as patatt makes it", requires('patatt'), async (t) => {
  const { sign, keys } = signer(t);
  const mail = sign(MAIL);
  assert.match(mail.toString(), /^X-Developer-Signature: v=1; a=ed25519-sha256/m);
  assert.equal(await verdict(mail, keys), 'signed ann@example.org');
  const crlf = Buffer.from(mail.toString('latin1').replaceAll('\n', '\r\n'), 'latin1');
  assert.equal(await verdict(crlf, keys), 'signed ann@example.org');
  const prefixed = Buffer.from(
    mail.toString('latin1').replace('Subject: [PATCH', 'Subject: [Xen-devel] [PATCH'),
    'latin1',
  );
  assert.equal(await verdict(prefixed, keys), 'signed ann@example.org', 'a list may name itself in the subject');
});

test('another line, a footer or another author break it, and an unknown key is told', requires('patatt'), async (t) => {
  const { sign, keys } = signer(t);
  const text = sign(MAIL).toString('latin1');
  const changed = {
    line: text.replace('+fixed', '+fixed!'),
    footer: `${text}_____\nlist footer\n`,
    author: text.replace('<ann@example.org>', '<eve@example.org>'),
  };
  for (const [what, mail] of Object.entries(changed))
    assert.equal(await verdict(Buffer.from(mail, 'latin1'), keys), 'bad signature of ann@example.org', what);
  assert.equal(await verdict(Buffer.from(text, 'latin1'), join(keys, 'none')), 'no key of ann@example.org');
});

test('a mail without such a signature has no verdict, and a hostile one names no file elsewhere', async (t) => {
  const keys = tempDir(t);
  assert.equal(await verdict(MAIL, keys), null);
  writeFileSync(join(keys, 'default'), 'AAAA');
  const hostile = `X-Developer-Signature: v=1; a=ed25519-sha256; i=..@..; s=../default; b=AAAA\n${MAIL.toString('latin1')}`;
  assert.equal(await verdict(Buffer.from(hostile, 'latin1'), keys), 'no key of ..@..');
});
