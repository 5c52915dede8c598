import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { PatchloomError } from '../src/util/errors.ts';
import type { Secret } from './config.ts';

/** Looks secrets up, and keeps in mind which are missing, so that all are told at once. */
export class Secrets {
  readonly #env: NodeJS.ProcessEnv;
  readonly #directory: string;
  readonly #missing: string[] = [];

  constructor(env: NodeJS.ProcessEnv, directory: string) {
    this.#env = env;
    this.#directory = directory;
  }

  /** The secret's value; empty where it is missing. One line end at a file's end is not part of it. */
  read(secret: Secret, where: string): string {
    const value = 'env' in secret ? this.#env[secret.env] : this.#file(secret.file);
    if (value !== undefined && value !== '') return value;
    const from =
      'env' in secret
        ? `the environment variable ${secret.env} is not set`
        : `${secret.file} cannot be read or is empty`;
    this.#missing.push(`${where}: ${from}`);
    return '';
  }

  /** @throws PatchloomError SECRET_MISSING, one line for each that `read` did not find. */
  check(file: string): void {
    if (this.#missing.length === 0) return;
    throw new PatchloomError('SECRET_MISSING', this.#missing.map((line) => `${file}: ${line}`).join('\n'));
  }

  #file(path: string): string | undefined {
    try {
      return readFileSync(resolve(this.#directory, path), 'utf8').replace(/\r?\n$/, '');
    } catch {
      return undefined;
    }
  }
}
