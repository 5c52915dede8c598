import type { SeriesFacts } from '../report/view.ts';
import { mboxPath, publicUrl, shellWord } from './links.ts';
import type { ProjectFacts } from './options.ts';
import { inPath } from './patchwork/urls.ts';
import { versionId } from './series-table.ts';

/** A line for a terminal, whole: it can be pasted as it is. */
export interface CommandModel {
  readonly label: string;
  readonly text: string;
}

/** What the page is told of the installation. */
export interface ChangeCircumstances {
  readonly projects: readonly ProjectFacts[];
  /** How readers reach this server, without a slash at the end. */
  readonly url: string;
  /** Epoch ms. */
  readonly now: number;
}

/** How somebody gets this version onto a machine: the published branch, the list's archive, this server, this program. */
export function commandsFor({ series, mirror }: SeriesFacts, { projects, url }: ChangeCircumstances): CommandModel[] {
  const gitUrl = projects.find(({ name }) => name === series.project)?.gitUrl ?? null;
  const ref = mirror?.ref ?? null;
  const fetch =
    ref === null || gitUrl === null
      ? []
      : [{ label: 'As a branch', text: `git fetch ${shellWord(publicUrl(gitUrl))} ${shellWord(ref)}` }];
  // The whole address: without a .b4-config b4 would look elsewhere.
  const mail = `${url}/all/${inPath(series.msgid)}`;
  const mbox = `${url}${mboxPath(series.change, versionId(series), series.project)}`;
  const whole = series.complete ? [{ label: 'With its tags', text: `curl -sSf ${shellWord(mbox)} | git am` }] : [];
  return [
    ...fetch,
    ...whole,
    { label: 'By b4', text: `b4 am ${shellWord(mail)}` },
    { label: 'As an mbox', text: `patchloom am ${shellWord(series.msgid)}` },
  ];
}
