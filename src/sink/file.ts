import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { access, mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { OutgoingMessage } from '../mail/outgoing.ts';
import { renderMessage } from '../mail/render.ts';
import { PatchloomError } from '../util/errors.ts';
import type { SendResult, Sink } from './sink.ts';

/** Writes each mail into a directory as one .eml file, which mail programs open: for shadow runs, the demo and tests. */
export function fileSink(directory: string): Sink {
  return {
    name: directory,
    send: (message) => write(directory, message),
    verify: () => checkDirectory(directory),
    close: () => {},
  };
}

async function write(directory: string, message: OutgoingMessage): Promise<SendResult> {
  const path = join(directory, fileName(message));
  const partial = join(directory, `.${randomUUID()}.tmp`);
  try {
    await mkdir(directory, { recursive: true });
    await writeFile(partial, await renderMessage(message), { flag: 'wx' });
    // A reader of the directory never sees half a mail; the same mail again replaces itself.
    await rename(partial, path);
    return { kind: 'sent', response: path };
  } catch (error) {
    return {
      kind: 'retry',
      reason: `${path} cannot be written: ${error instanceof Error ? error.message : String(error)}`,
    };
  }
}

/** Time and Message-ID, as far as they are fit for a file name. */
function fileName({ date, msgid }: OutgoingMessage): string {
  const time = date.replace(/[^0-9T]/g, '').slice(0, 15);
  const id = msgid.replace(/[^A-Za-z0-9.@_-]/g, '').replace(/^\.+/, '');
  return `${time}-${id.slice(0, 150)}.eml`;
}

async function checkDirectory(directory: string): Promise<void> {
  try {
    await mkdir(directory, { recursive: true });
    await access(directory, constants.W_OK);
  } catch (error) {
    throw new PatchloomError('STORE_UNUSABLE', `mails cannot be written to ${directory}`, { cause: error });
  }
}
