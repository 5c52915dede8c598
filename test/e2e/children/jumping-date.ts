import { readFileSync } from 'node:fs';

/** How often the file is looked at, in ms. */
const LOOK_MS = 100;

/**
 * The clock of a machine that somebody sets: everything in this process that asks the time is told it with the milliseconds that stand in
 * the file CHAOS_CLOCK. Timers go on as they are, as they do where a real clock jumps.
 */
const file = process.env['CHAOS_CLOCK'];
const True = Date;
let ahead = 0;

function look(): void {
  try {
    ahead = Number(readFileSync(file ?? '', 'utf8'));
  } catch {
    // Nobody has set the clock yet.
  }
}

if (file !== undefined) {
  look();
  setInterval(look, LOOK_MS).unref();
  globalThis.Date = new Proxy(True, {
    construct: (target, words: unknown[]) =>
      Reflect.construct(target, words.length === 0 ? [target.now() + ahead] : words) as object,
    get: (target, name) => (name === 'now' ? () => target.now() + ahead : (Reflect.get(target, name) as unknown)),
  });
}
