/**
 * `npm test`: makes sure that the real servers which tests talk to are there, then runs every test.
 * Arguments are passed on to node's test runner: `npm test -- test/mail/parse.test.ts`.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, globSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { installMissing } from './packages.ts';

const root = resolve(import.meta.dirname, '..');

installMissing();
const given = process.argv.slice(2);
const files = given.some((argument) => argument.endsWith('.ts')) ? [] : globSync('test/**/*.test.ts', { cwd: root });
// One directory for all that tests make for a moment, which servers that run as another user may walk through.
const moment = mkdtempSync(join(tmpdir(), 'patchloom-tests-'));
chmodSync(moment, 0o711);
const run = spawnSync(process.execPath, ['--test', '--test-reporter=spec', ...given, ...files.sort()], {
  cwd: root,
  stdio: 'inherit',
  env: {
    ...process.env,
    TMPDIR: moment,
    PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`,
    // Each file is a process, and so is each member that it starts: what they share is compiled once.
    NODE_COMPILE_CACHE: resolve(root, 'node_modules/.cache/node-compile'),
  },
});
const left = readdirSync(moment);
rmSync(moment, { recursive: true, force: true, maxRetries: 3 });
// A file that was ended by force cannot tidy up; one that has passed has no excuse.
if (left.length > 0) console.error(`tests left behind: ${left.join(', ')}`);
process.exitCode = run.status ?? 1;
if (left.length > 0 && process.exitCode === 0) process.exitCode = 1;
