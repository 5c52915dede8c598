/** The web surface of a store, in a process of its own: `node bench/web-server.ts CONFIG`. Prints its address; ends with its input. */
import { loadConfig } from '../config/loader.ts';
import { openBot } from '../src/bot.ts';
import { startWeb } from '../src/service-web.ts';
import { silentLog } from '../src/util/log.ts';
import { createMetrics } from '../src/web/metrics.ts';

const bot = await openBot(loadConfig(process.argv[2] ?? '', process.env), { log: silentLog });
const web = await startWeb(bot, createMetrics(bot.store, bot.clock));
console.log(web?.url);
process.stdin.resume().once('end', () => {
  void web?.close().then(() => bot[Symbol.asyncDispose]());
});
