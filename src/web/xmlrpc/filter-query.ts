import type { PostingQuery } from '../../store/posting-lists.ts';
import type { Asked } from '../patchwork/asked.ts';
import { statesOf } from '../patchwork/filters.ts';
import type { Value } from './codec.ts';

/** The struct of filters that `patch_list` takes. Filters that nobody knows hold nothing back. @param most patches of one answer: the newest where no number is given */
export function filterQuery({ projects }: Asked, filter: Value | undefined, most: number): PostingQuery {
  const given = (typeof filter === 'object' && filter !== null ? filter : {}) as Readonly<Record<string, Value>>;
  const number = (name: string): readonly number[] | undefined => {
    const value = Number(given[name] ?? Number.NaN);
    return Number.isInteger(value) ? [value] : undefined;
  };
  const text = (name: string): string | undefined => {
    const value = given[name];
    return typeof value === 'string' && value !== '' ? value.slice(0, 1000) : undefined;
  };
  const [people, delegates, series] = ['submitter_id', 'delegate_id', 'series'].map(number);
  const project = number('project_id')?.[0];
  const names = projects.flatMap(({ id, name }) => (project === undefined || id === project ? [name] : []));
  const states = statesOf(number('state_id')?.map(String));
  const [name, hash, msgid] = [text('name__icontains'), text('hash'), text('msgid')];
  const archived = given['archived'];
  const count = number('max_count')?.[0] ?? 0;
  return {
    kind: 'patch',
    projects: names,
    order: { by: 'id', newestFirst: count <= 0 },
    offset: 0,
    limit: Math.min(most, Math.abs(count) || most),
    ...(people === undefined ? {} : { people }),
    ...(delegates === undefined ? {} : { delegates }),
    ...(series === undefined ? {} : { series }),
    ...(states === undefined ? {} : { states }),
    ...(name === undefined ? {} : { name }),
    ...(hash === undefined ? {} : { hash }),
    ...(msgid === undefined ? {} : { msgid: `<${msgid.replace(/^<|>$/g, '')}>` }),
    ...(typeof archived === 'boolean' ? { archived: archived ? 1 : 0 } : {}),
    ...yesNo(archived),
  };
}

/** pwclient says `yes` and `no`. */
function yesNo(value: Value | undefined): Pick<PostingQuery, 'archived'> {
  if (value === 'yes') return { archived: 1 };
  return value === 'no' ? { archived: 0 } : {};
}
