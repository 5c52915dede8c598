import type { PatchMarkChange } from '../../store/patch-marks.ts';
import { PATCH_STATES } from '../../store/schema-listed.ts';
import type { Right } from '../tokens.ts';
import { ApiError } from './asked.ts';
import type { Fields } from './fields.ts';
import { booleanOf, stateOf } from './filters.ts';
import type { NumberedUser } from './people-view.ts';

/** What a body sets of a patch, and the rights that it takes. Fields that cannot be set are passed over. @throws ApiError 400 */
export function patchChange(
  fields: Fields,
  users: readonly NumberedUser[],
): { readonly change: PatchMarkChange; readonly rights: readonly Right[] } {
  const text = (name: string): string | undefined => fields[name]?.at(-1)?.trim();
  const [state, archived, commit, delegate] = ['state', 'archived', 'commit_ref', 'delegate'].map(text);
  const change = {
    ...(state === undefined ? {} : { state: knownState(state) }),
    ...(archived === undefined ? {} : { archived: flag(archived) }),
    ...(commit === undefined ? {} : { commit_ref: commitRef(commit) }),
    ...(delegate === undefined ? {} : { delegate: knownUser(delegate, users) }),
  };
  const states = state !== undefined || archived !== undefined || commit !== undefined;
  return {
    change,
    rights: [...(states ? ['states' as const] : []), ...(delegate === undefined ? [] : ['delegate' as const])],
  };
}

function knownState(text: string) {
  const state = stateOf(text);
  if (state !== null) return state;
  const known = Object.keys(PATCH_STATES).join(', ');
  throw new ApiError(400, { state: [`Invalid state "${text.slice(0, 50)}". Expected one of: ${known}.`] });
}

function flag(text: string): 0 | 1 {
  const value = booleanOf(text);
  if (value === null) throw new ApiError(400, { archived: ['Must be a valid boolean.'] });
  return value ? 1 : 0;
}

function commitRef(text: string): string | null {
  if (text === '') return null;
  if (!/^[\w./-]{1,255}$/.test(text)) throw new ApiError(400, { commit_ref: ['Not a commit.'] });
  return text;
}

function knownUser(text: string, users: readonly NumberedUser[]): string | null {
  if (text === '') return null;
  const user = users.find(({ id, name, email }) => [String(id), name, email].includes(text));
  if (user === undefined) throw new ApiError(400, { delegate: [`There is no user "${text.slice(0, 50)}".`] });
  return user.email;
}
