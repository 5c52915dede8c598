import { createConsole, write } from './console.mjs';
import { createDomain, describe, unpause } from './domain.mjs';

export function boot() {
  const dom0 = unpause(createDomain('dom0', 512));
  return write(createConsole(), describe(dom0));
}
