/** Path of a mail's page. Angle brackets are left out where the rest names it alone. */
export function messagePath(msgid: string): string {
  const bare = /^<([^<>]+)>$/.exec(msgid)?.[1] ?? msgid;
  // A browser would take these for steps in the path.
  const name = bare === '.' || bare === '..' ? msgid : bare;
  return `/message/${encodeURIComponent(name.toWellFormed())}`;
}

/** Path of a change's page; with the id of one of its versions. */
export function changePath(change: string, project: string, version: string = ''): string {
  const query = `?project=${encodeURIComponent(project.toWellFormed())}`;
  return `/change/${encodeURIComponent(change.toWellFormed())}${query}${version === '' ? '' : `#${version}`}`;
}

/** `path?name=value&…`, without the values that are empty or null. */
export function withQuery(path: string, values: Readonly<Record<string, string | null>>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) if (value !== null && value !== '') query.set(name, value);
  const text = query.toString();
  return text === '' ? path : `${path}?${text}`;
}

/** The URL without what may be secret in it: user and password of http(s), the password of others. `git@host:path` and paths stay. */
export function publicUrl(url: string): string {
  return url.replace(/^(https?:\/\/)[^/]*@/i, '$1').replace(/^([a-z][a-z0-9+.-]*:\/\/[^/:@]*):[^/]*@/i, '$1@');
}

/** One word of a POSIX shell, quoted only where it has to be. */
export function shellWord(word: string): string {
  return /^[A-Za-z0-9_./:@%+=,-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

/** Path of a patch's page. */
export function patchPath(msgid: string): string {
  return `/patch/${messagePath(msgid).slice('/message/'.length)}`;
}

/** Path of the page that compares two versions, by their ids; without them the page chooses the last two. */
export function comparePath(change: string, project: string | null, old: string, fresh: string): string {
  return withQuery(`/change/${encodeURIComponent(change.toWellFormed())}/compare`, { project, old, new: fresh });
}

/** Path of the mbox of one version, by its id. */
export function mboxPath(change: string, version: string, project: string): string {
  return withQuery(`/change/${encodeURIComponent(change.toWellFormed())}/${version}/mbox`, { project });
}

/** Path of the events of a change. */
export function eventsPath(change: string, project: string): string {
  return withQuery(`/change/${encodeURIComponent(change.toWellFormed())}/events`, { project });
}
