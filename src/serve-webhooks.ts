import { setTimeout as sleep } from 'node:timers/promises';
import type { WebhookConfig } from '../config/config.ts';
import { tellNextEvent } from '../handlers/tell-event.ts';
import type { Bot } from './bot.ts';
import { keepPulse } from './store/pulses.ts';
import { describeError } from './util/errors.ts';
import { backOff } from './worker.ts';

const LOOK_MS = 2_000;
const PULSE_MS = 60_000;

/** Tells one program what happens until the signal fires. One that does not answer is tried again, later each time; it holds nobody else up. */
export async function serveWebhook(bot: Bot, hook: WebhookConfig, signal: AbortSignal): Promise<void> {
  let failures = 0;
  let sign = { error: null as string | null, at: Number.NEGATIVE_INFINITY };
  while (!signal.aborted) {
    const fault = await tellAll(bot, hook, signal);
    failures = fault === null ? 0 : failures + 1;
    const now = bot.clock.now();
    if (fault !== sign.error || now - sign.at >= PULSE_MS) {
      if (fault !== null && fault !== sign.error) bot.log.warn({ webhook: hook.name }, `not told: ${fault}`);
      sign = { error: fault, at: now };
      const pulse = { name: `webhook ${hook.name}`, error: fault, every: backOff(failures + 1), at: now };
      await bot.store.transaction((tx) => keepPulse(tx, pulse)).catch(() => {});
    }
    await sleep(fault === null ? LOOK_MS : backOff(failures), undefined, { signal }).catch(() => {});
  }
}

/** @returns why it stopped before the end, or null */
async function tellAll(bot: Bot, hook: WebhookConfig, signal: AbortSignal): Promise<string | null> {
  try {
    while (!signal.aborted) {
      const told = await tellNextEvent(bot, hook);
      if (told === 'nothing') return null;
      if (told !== 'told') return told.fault;
    }
    return null;
  } catch (error) {
    return describeError(error);
  }
}
