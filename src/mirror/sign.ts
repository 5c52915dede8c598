import { describeError, PatchloomError } from '../util/errors.ts';
import { exec } from '../util/exec.ts';
import type { Applied } from './applied.ts';
import { makeObject, type NewObject } from './engine/object.ts';

/** Signatures by these keys are the same each time; others hold chance, and with it the id of the commit would. */
const REPEATABLE = new Set(['ssh-ed25519', 'ssh-rsa']);

/**
 * The same commits with a signature of an SSH key in each, as `git commit -S` with `gpg.format=ssh` makes it. What git am would make stays
 * what was compared; the ids are others, and the same each time.
 * @param key path of the key, or of its public half where an agent has the other
 * @throws PatchloomError SIGNING_FAILED
 */
export async function signedWith(key: string, applied: Applied): Promise<Applied> {
  const plain = new Map(applied.objects.map((object) => [object.id, object]));
  const ids = new Map<string, string>();
  const made: NewObject[] = [];
  for (const { commit } of applied.commits) {
    const object = plain.get(commit);
    // After a patch whose work was there already, the commit before it stands again, or the base.
    if (object === undefined || ids.has(commit)) continue;
    const signed = await signedCommit(key, object, ids);
    ids.set(commit, signed.id);
    made.push(signed);
  }
  const commits = applied.commits.map(({ commit, tree }) => ({ commit: ids.get(commit) ?? commit, tree }));
  return { ...applied, commits, objects: [...applied.objects.filter(({ id }) => !ids.has(id)), ...made] };
}

async function signedCommit(key: string, { data }: NewObject, ids: ReadonlyMap<string, string>): Promise<NewObject> {
  const text = data.toString('latin1').replace(/^parent ([0-9a-f]+)$/m, (line, id: string) => {
    return ids.has(id) ? `parent ${ids.get(id)}` : line;
  });
  const end = text.indexOf('\n\n') + 1;
  const signature = await signatureOf(key, Buffer.from(text, 'latin1'));
  return makeObject('commit', `${text.slice(0, end)}gpgsig ${signature.replaceAll('\n', '\n ')}\n${text.slice(end)}`);
}

/** In ASCII armour, without a newline at its end. */
async function signatureOf(key: string, payload: Buffer): Promise<string> {
  const fail = (words: string) =>
    new PatchloomError('SIGNING_FAILED', `commits cannot be signed with ${key}: ${words}`);
  const { SSH_AUTH_SOCK: agent, HOME: home = '/' } = process.env;
  const env = { HOME: home, ...(agent === undefined ? {} : { SSH_AUTH_SOCK: agent }) };
  const args = ['-Y', 'sign', '-n', 'git', '-f', key];
  const result = await exec('ssh-keygen', args, { cwd: '/', env, input: payload, timeout: 30_000 }).catch(
    (error: unknown) => {
      throw fail(describeError(error));
    },
  );
  const armoured = result.stdout.toString('latin1').trim();
  if (result.code !== 0 || !armoured.startsWith('-----BEGIN SSH SIGNATURE-----'))
    throw fail(result.stderr.trim().split('\n').at(-1) ?? 'it ended');
  const type = keyTypeOf(armoured);
  if (!REPEATABLE.has(type)) throw fail(`signatures of a ${type} key are never the same twice`);
  return armoured;
}

/** PROTOCOL.sshsig: "SSHSIG", version, then the public key, which begins with its type. */
function keyTypeOf(armoured: string): string {
  const bytes = Buffer.from(armoured.replace(/^-.*$/gm, ''), 'base64');
  const length = bytes.readUInt32BE(14);
  return bytes.toString('latin1', 18, 18 + Math.min(length, 100));
}
