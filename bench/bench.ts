/**
 * `npm run bench`: speed as ratios to baselines of the same run. `npm run bench -- intake` runs one.
 * Reads the mail corpus beside the checkout (PATCHLOOM_CORPUS).
 */
import { benchBulk } from './bulk.ts';
import { benchCi } from './ci.ts';
import { benchCluster } from './cluster.ts';
import { benchGrowth } from './growth.ts';
import { benchIntake } from './intake.ts';
import { benchPages } from './pages.ts';
import { benchWeb } from './web.ts';
import { benchPublish } from './publish.ts';
import { benchSoak } from './soak.ts';

const BENCHES: Readonly<Record<string, () => Promise<void>>> = {
  intake: benchIntake,
  growth: benchGrowth,
  ci: benchCi,
  web: benchWeb,
  publish: benchPublish,
  pages: benchPages,
  cluster: benchCluster,
};

/** Run only where named. */
const LONG: Readonly<Record<string, () => Promise<void>>> = { soak: benchSoak, bulk: benchBulk };

const wanted = process.argv.slice(2);
const chosen = wanted.length === 0 ? BENCHES : { ...BENCHES, ...LONG };
for (const [name, run] of Object.entries(chosen)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  console.log(`\n== ${name}`);
  await run();
}
