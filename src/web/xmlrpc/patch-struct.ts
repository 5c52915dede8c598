import type { Posting } from '../../store/postings.ts';
import { PATCH_STATES } from '../../store/schema-listed.ts';
import { type Asked, naive } from '../patchwork/asked.ts';
import { fileName } from '../patchwork/file-name.ts';
import { surroundingsOf } from '../patchwork/posting-view.ts';
import type { Value } from './codec.ts';

/** Patches as XML-RPC gives them: flat, each text a string. */
export async function patchStructs(asked: Asked, rows: readonly Posting[]): Promise<readonly Value[]> {
  const { people, users, marks, commits } = await surroundingsOf(asked, rows);
  return rows.map((row) => {
    const id = `${row.project} ${row.msgid}`;
    const person = people.get(row.person);
    const delegate = users.find((user) => user.id === row.delegate);
    return {
      id: row.id,
      date: naive(row.posted).replace('T', ' '),
      filename: fileName(row),
      msgid: row.msgid,
      name: row.name,
      project: row.project,
      project_id: asked.projects.find(({ name }) => name === row.project)?.id ?? 0,
      state: PATCH_STATES[row.state].name,
      state_id: PATCH_STATES[row.state].id,
      archived: row.archived === 1,
      submitter: person === undefined ? '' : `${person.name} <${person.email}>`.trimStart(),
      submitter_id: row.person,
      delegate: delegate?.name ?? '',
      delegate_id: delegate?.id ?? 0,
      commit_ref: marks.get(id)?.commit_ref ?? commits.get(id) ?? '',
      hash: row.hash ?? '',
    };
  });
}
