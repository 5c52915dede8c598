import { publicUrl } from '../links.ts';
import type { Asked, NumberedProject } from './asked.ts';

/** A project where it stands in something else. */
export function projectEmbed({ api, origin, minor }: Asked, project: NumberedProject | undefined) {
  if (project === undefined) return null;
  const { id, name, list, gitUrl, archive } = project;
  return {
    id,
    url: `${api}/projects/${id}/`,
    name,
    link_name: name,
    list_id: list === null ? '' : list.replace('@', '.'),
    list_email: list ?? '',
    web_url: `${origin}/project/${encodeURIComponent(name)}/`,
    scm_url: gitUrl === null ? '' : publicUrl(gitUrl),
    webscm_url: '',
    ...(minor < 2
      ? {}
      : {
          list_archive_url: archive === null ? '' : archive.replace(/\{msgid\}.*$/, ''),
          list_archive_url_format: (archive ?? `${origin}/all/{msgid}/`).replace('{msgid}', '{}'),
          commit_url_format: '',
        }),
  };
}

/** A project as the API gives it. */
export function projectView(asked: Asked, project: NumberedProject) {
  return { ...projectEmbed(asked, project), maintainers: [], ...(asked.minor < 1 ? {} : { subject_match: '' }) };
}
