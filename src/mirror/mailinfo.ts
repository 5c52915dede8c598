import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MailInfo } from '../mail/patatt.ts';
import { withScratch } from '../util/scratch.ts';
import { runGit } from './git.ts';

/** Asks git itself, in UTF-8 and without scissors; null where it makes nothing of the mail. */
export function gitMailInfo(raw: Uint8Array): Promise<MailInfo | null> {
  return withScratch(tmpdir(), async (folder) => {
    const [message, patch] = [join(folder, 'message'), join(folder, 'patch')];
    const input = Buffer.from(Buffer.from(raw).toString('latin1').replaceAll('\r\n', '\n'), 'latin1');
    const args = ['mailinfo', '--encoding=utf-8', '--no-scissors', message, patch];
    const result = await runGit(null, args, { input });
    if (result.code !== 0) return null;
    const text = result.stdout.toString('latin1');
    const field = (name: string): string => new RegExp(`^${name}: (.*)$`, 'm').exec(text)?.[1] ?? '';
    const body = (await readFile(message, 'latin1')) + (await readFile(patch, 'latin1'));
    return { author: field('Author'), email: field('Email'), subject: field('Subject'), body };
  });
}
