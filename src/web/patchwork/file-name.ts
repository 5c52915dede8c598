/** A name of few characters, with an ending where one is given. It stands without quotes, because a client takes the header apart by place. */
export function fileName({ name, id }: { readonly name: string; readonly id: number }, ending?: string): string {
  const words = name.replaceAll(/[^A-Za-z0-9]+/g, '-').replaceAll(/^-+|-+$/g, '');
  const stem = words.slice(0, 60).replace(/-+$/, '') || `patch-${id}`;
  return ending === undefined ? stem : `${stem}.${ending}`;
}
