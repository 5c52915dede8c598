import type { Bot } from './bot.ts';
export interface Watched {
  startedAt: number;
  sourceErrors: Map<string, string | null>;
  lastMailAt: number | null;
}
export async function startWeb(_bot: Bot, _watched: Watched): Promise<{ url: string; close(): Promise<void> } | null> {
  return null;
}
