import type { SeriesTags, Tag } from '../review/tag.ts';

/** JSON knows no Map: the tags of patches become a list of pairs. */
interface TagsDocument {
  readonly cover: readonly Tag[];
  readonly patches: readonly (readonly [string, readonly Tag[]])[];
}

export function tagsText(tags: SeriesTags): string {
  const document: TagsDocument = { cover: tags.cover, patches: [...tags.patches] };
  return JSON.stringify(document);
}

export function tagsFrom(text: string): SeriesTags {
  const { cover, patches } = JSON.parse(text) as TagsDocument;
  return { cover, patches: new Map(patches) };
}
