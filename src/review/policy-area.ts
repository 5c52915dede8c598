import type { Section } from './maintainers.ts';

/** `xen/arch/arm/gic.c` as `xen`, `arch`, `arm`, `gic`. */
function wordsOfPath(path: string): ReadonlySet<string> {
  return new Set(path.toLowerCase().split(/[/._-]+/));
}

function wordsOfSections(sections: readonly Section[]): ReadonlySet<string> {
  const names = sections.filter(({ rest }) => !rest).map(({ name }) => name.toLowerCase());
  return new Set(names.flatMap((name) => name.split(/[^a-z0-9]+/)));
}

/** Words for the whole hypervisor, as opposed to the tools. */
const FOLDERS: Readonly<Record<string, string>> = {
  hypervisor: 'xen/',
  xen: 'xen/',
  tools: 'tools/',
  toolstack: 'tools/',
  docs: 'docs/',
  changelog: 'changelog',
};

function takes(word: string, path: string, sections: readonly Section[]): boolean {
  const folder = FOLDERS[word];
  if (folder !== undefined) return path.toLowerCase().startsWith(folder);
  return wordsOfPath(path).has(word) || wordsOfSections(sections).has(word);
}

/**
 * The files that a tag for a part covers: `# arm`, `[x86,common]`, `# !arm` behind the address (Xen's docs/process/sending-patches).
 * An area is free text: its words are looked for in the folders and names of the files and in the names of their sections. Where
 * no file is found, the area says nothing that can be checked, and the tag covers all.
 * @param sectionsOf the sections that have a file
 */
export function filesInArea(
  area: string,
  paths: readonly string[],
  sectionsOf: (path: string) => readonly Section[],
): readonly string[] {
  const words =
    area
      .toLowerCase()
      .slice(0, 200)
      .match(/!?[a-z0-9]+/g) ?? [];
  const wanted = words.filter((word) => !word.startsWith('!'));
  const unwanted = words.filter((word) => word.startsWith('!')).map((word) => word.slice(1));
  const found = paths.filter((path) => {
    const sections = sectionsOf(path);
    if (unwanted.some((word) => takes(word, path, sections))) return false;
    return wanted.length === 0 || wanted.some((word) => takes(word, path, sections));
  });
  return found.length === 0 ? paths : found;
}
