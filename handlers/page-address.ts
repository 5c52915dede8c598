import type { Config } from '../config/config.ts';

/** Address of a page of ours, for mails and other programs; null where readers have none. @param path with a slash first */
export function pageAddress({ web }: Pick<Config, 'web'>, path: string): string | null {
  return web?.url == null ? null : `${web.url}${path}`;
}
