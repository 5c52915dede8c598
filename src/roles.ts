/** What a process does of the whole: `intake` reads the sources, `worker` works on jobs, sends and keeps the schedule, `web` answers. */
export const ROLES = ['all', 'intake', 'worker', 'web'] as const;

export type Role = (typeof ROLES)[number];
