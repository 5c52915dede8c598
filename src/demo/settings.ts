import { dirname, join } from 'node:path';
import type { Config } from '../../config/config.ts';
import { loadConfig } from '../../config/loader.ts';

const LIST = 'minivisor-devel@lists.minivisor.example';

/**
 * config/demo.yaml with what only a running demo knows: the port of its mail server, and the Node that its project is built with.
 * Its one project is live, because its list is a mail server of the demo's own.
 */
export function demoConfig(data: string, smtpPort: number, sandbox: 'bubblewrap' | 'none'): Config {
  const config = loadConfig(join(import.meta.dirname, '../../config/demo.yaml'), process.env, { data });
  const node = dirname(process.execPath);
  const job = (name: string, script: string) => ({
    name,
    run: `PATH="${node}:$PATH" sh ${script}`,
    paths: [],
    timeout: 60,
  });
  return {
    ...config,
    log: { level: 'warn', traces: null },
    smtp: { host: '127.0.0.1', port: smtpPort, security: 'none', user: null, password: null, dkim: null },
    projects: config.projects.map((project) => ({
      ...project,
      lists: [LIST],
      mode: 'live' as const,
      build: { ...project.build, sandbox, readable: [node], jobs: [job('build', 'build.sh'), job('test', 'test.sh')] },
    })),
  };
}
