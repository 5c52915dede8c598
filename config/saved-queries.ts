/** Searches that the list of changes offers where the configuration names none. */
export const SAVED_QUERIES: Readonly<Record<string, string>> = {
  'Ready to commit': 'ready:yes state:complete -has:landed -mark:aside',
  'Nobody has looked': 'state:complete -has:tags -has:comments',
  Objections: 'state:complete has:objection',
  'Builds that fail': 'state:complete has:failure',
  'Does not apply': 'state:complete has:conflict',
  'Patches are missing': 'state:held',
  'Waits for me': 'waiting:me',
};
