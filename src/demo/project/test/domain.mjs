import assert from 'node:assert';
import { createDomain, unpause } from '../src/domain.mjs';
import { boot } from '../src/minivisor.mjs';

assert.equal(createDomain('a', 1).state, 'paused');
assert.equal(unpause(createDomain('a', 1)).state, 'running');
assert.deepEqual(boot(), ['dom0 512 MiB running']);
