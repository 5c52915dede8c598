import type { Series } from '../../series/series.ts';
import type { ListedSeries } from '../../store/listed-series.ts';
import { peopleOf } from '../../store/people.ts';
import { postingKey, postingsWith } from '../../store/postings.ts';
import { documentsOf } from '../../store/series-documents.ts';
import type { Asked } from './asked.ts';
import { personEmbed } from './people-view.ts';
import { postingEmbed, seriesEmbed } from './posting-view.ts';
import { projectEmbed } from './project-view.ts';

/** Series as the API gives them. */
export async function seriesViews(asked: Asked, rows: readonly ListedSeries[]): Promise<readonly object[]> {
  const documents = await documentsOf(asked.db, rows);
  const people = await peopleOf(
    asked.db,
    rows.map(({ person }) => person),
  );
  const members = rows.flatMap(({ id, project }) => membersOf(documents.get(id)).map((msgid) => ({ project, msgid })));
  const postings = await postingsWith(asked.db, members);
  return rows.flatMap((row) => {
    const series = documents.get(row.id);
    if (series === undefined) return [];
    const embed = (msgid: string, kind: 'patch' | 'cover') => {
      const posting = postings.get(postingKey({ project: row.project, msgid }));
      return posting === undefined ? [] : [postingEmbed(asked, posting, kind)];
    };
    const { cover, patches, missing, complete } = series;
    const { id, url, name, date, ...rest } = seriesEmbed(asked, row);
    const project = asked.projects.find((one) => one.name === row.project);
    return [
      {
        id,
        url,
        ...rest,
        project: projectEmbed(asked, project),
        name,
        date,
        submitter: personEmbed(asked, people.get(row.person)),
        total: patches.length + missing.length,
        received_total: patches.length,
        received_all: complete,
        cover_letter: cover === null ? null : (embed(cover, 'cover')[0] ?? null),
        patches: patches.flatMap(({ msgid }) => embed(msgid, 'patch')),
      },
    ];
  });
}

function membersOf(series: Series | undefined): readonly string[] {
  if (series === undefined) return [];
  const { cover, patches } = series;
  return [...(cover === null ? [] : [cover]), ...patches.map(({ msgid }) => msgid)];
}
