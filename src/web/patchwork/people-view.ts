import { peopleByEmail, type StoredPerson } from '../../store/people.ts';
import type { ApiUser } from '../apis.ts';
import type { Asked } from './asked.ts';

/** Somebody with a user name. */
export interface NumberedUser extends ApiUser {
  readonly id: number;
}

/** Those who can be named, with the number of their address; one for each address. */
export async function usersOf({ db, apis }: Asked): Promise<readonly NumberedUser[]> {
  const people = await peopleByEmail(
    db,
    apis.users.map(({ email }) => email),
  );
  const users = new Map<number, NumberedUser>();
  for (const user of apis.users) {
    const id = people.get(user.email)?.id;
    if (id !== undefined && !users.has(id)) users.set(id, { ...user, id });
  }
  return [...users.values()].toSorted((one, other) => one.id - other.id);
}

/** A person where it stands in something else; null for nobody. */
export function personEmbed({ api }: Asked, person: StoredPerson | undefined) {
  if (person === undefined) return null;
  const { id, name, email } = person;
  return { id, url: `${api}/people/${id}/`, name: name === '' ? null : name, email };
}

/** A person as the API gives it, with the user who it is. */
export function personView(asked: Asked, person: StoredPerson, users: readonly NumberedUser[]) {
  return {
    ...personEmbed(asked, person),
    user: userEmbed(
      asked,
      users.find(({ id }) => id === person.id),
    ),
  };
}

/** A user, alike wherever it stands; null for nobody. */
export function userEmbed({ api }: Asked, user: NumberedUser | undefined) {
  if (user === undefined) return null;
  const { id, name, email } = user;
  return { id, url: `${api}/users/${id}/`, username: name, first_name: '', last_name: '', email };
}
