import { peopleOf } from '../../store/people.ts';
import { aboutOf, type Posting } from '../../store/postings.ts';
import { type Asked, naive } from './asked.ts';
import { personEmbed } from './people-view.ts';
import { archiveUrl } from './urls.ts';

/** Comments as the API gives them, each with its text. */
export async function commentViews(asked: Asked, rows: readonly Posting[]): Promise<readonly object[]> {
  const people = await peopleOf(
    asked.db,
    rows.map(({ person }) => person),
  );
  const abouts = await aboutOf(asked.db, rows);
  const views: object[] = [];
  for (const row of rows) {
    const parts = await asked.apis.mailParts(row.msgid);
    views.push({
      ...commentEmbed(asked, row, abouts.get(row.id)),
      subject: row.name,
      submitter: personEmbed(asked, people.get(row.person)),
      content: parts?.content ?? '',
      headers: parts?.headers ?? {},
      ...(asked.minor < 3 ? {} : { addressed: null }),
    });
  }
  return views;
}

/** A comment where it stands in something else. @param about the patch or cover */
export function commentEmbed(asked: Asked, row: Posting, about: Posting | undefined) {
  const path = about?.kind === 'cover' ? 'covers' : 'patches';
  const archive = archiveUrl(asked, row.project, row.msgid);
  return {
    id: row.id,
    ...(asked.minor < 1 ? {} : { web_url: archive }),
    ...(asked.minor < 3 ? {} : { url: `${asked.api}/${path}/${about?.id ?? 0}/comments/${row.id}/` }),
    msgid: row.msgid,
    ...(asked.minor < 2 ? {} : { list_archive_url: archive }),
    date: naive(row.posted),
  };
}
