import './jumping-date.ts';
import { readFileSync } from 'node:fs';
import type { Config } from '../../../config/config.ts';
import type { SendPolicy } from '../../../handlers/report-decided.ts';
import type { Role } from '../../../src/roles.ts';
import { runService } from '../../../src/service.ts';
import { PatchloomError } from '../../../src/util/errors.ts';
import { createLog } from '../../../src/util/log.ts';
import { TRY_AGAIN } from '../cluster.ts';
import { tellLiveMemory } from './live-memory.ts';

/** What a process of a cluster is started with. */
export interface Part {
  readonly config: Config;
  readonly role: Role;
  readonly leaseMs: number;
  readonly sendPolicy: SendPolicy;
}

/** `patchloom serve` with short times, so that a test need not wait half a minute for each process that dies. Argument: a file with a `Part`. */
const { config, ...how } = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as Part;
const stop = new AbortController();
process.on('SIGTERM', () => stop.abort());
tellLiveMemory(`${process.argv[2]}.live`);
try {
  await runService(config, { ...how, log: createLog(config.log.level), signal: stop.signal });
} catch (error) {
  if (!(error instanceof PatchloomError) || error.code !== 'STORE_UNREACHABLE') throw error;
  console.error(error.message);
  process.exitCode = TRY_AGAIN;
}
