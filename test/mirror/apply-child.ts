/** Applies the series of a JSON file, one after the other: `apply-child.ts DIRECTORY FILE`. Run, and killed, by kill.test.ts. */
import { readFileSync } from 'node:fs';
import type { GitProject, MirrorRequest } from '../../src/mirror/mirror.ts';
import { openMirror } from '../../src/mirror/open.ts';
import { silentLog } from '../../src/util/log.ts';

const [directory = '', file = ''] = process.argv.slice(2);
const work = JSON.parse(readFileSync(file, 'utf8')) as { git: GitProject; requests: MirrorRequest[] };
const mirror = await openMirror({ directory, git: work.git, log: silentLog });
process.stdout.write('ready\n');
for (const request of work.requests) await mirror.apply(request);
