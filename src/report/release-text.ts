import type { Address } from '../mail/message.ts';
import type { Release, ReleaseChange } from './release.ts';
import type { Contribution } from './release-people.ts';
import { oneLine } from './text.ts';

/** How the parts of the text are written. */
interface Style {
  heading(level: 1 | 2 | 3, text: string): string;
  item(text: string): string;
  link(text: string, url: string): string;
  /** Text of others, made harmless in this form. */
  safe(text: string): string;
}

const PLAIN: Style = {
  heading: (level, text) =>
    level === 3 ? `\n${text}:` : `\n${text}\n${(level === 1 ? '=' : '-').repeat(text.length)}\n`,
  item: (text) => `  ${text}`,
  link: (text, url) => `${text} (${url})`,
  safe: (text) => oneLine(text, 200),
};

const MARKDOWN: Style = {
  heading: (level, text) => `\n${'#'.repeat(level)} ${text}\n`,
  item: (text) => `- ${text}`,
  link: (text, url) => `[${text}](${url.replaceAll(')', '%29')})`,
  safe: (text) => oneLine(text, 200).replaceAll(/[\\`*_{}[\]<>#|~]/g, String.raw`\$&`),
};

const PEOPLE_SHOWN = 200;

function changeText(change: ReleaseChange, style: Style): string {
  const commit = change.commit.slice(0, 12);
  const marks = [...change.advisories.map((number) => `XSA-${number}`), ...change.cves];
  const title = `${commit} ${style.safe(change.title)}`;
  const shown = change.thread === null ? title : style.link(title, change.thread);
  return marks.length === 0 ? shown : `${shown} (${marks.join(', ')})`;
}

function nameOf({ name, email }: Address, style: Style): string {
  return style.safe(name === '' ? email : name);
}

function counts(one: Contribution): string {
  const parts = [
    [one.authored, 'written'],
    [one.reviewed, 'reviewed'],
    [one.tested, 'tested'],
    [one.reported, 'reported'],
  ] as const;
  return parts
    .filter(([count]) => count > 0)
    .map(([count, word]) => `${count} ${word}`)
    .join(', ');
}

function securityPart({ advisories }: Release, style: Style): string[] {
  if (advisories.length === 0) return [];
  const lines = advisories.map(({ number, cves, commits }) => {
    const ids = commits.map((commit) => commit.slice(0, 12)).join(', ');
    return style.item(`XSA-${number}${cves.length === 0 ? '' : ` / ${cves.join(', ')}`}: ${ids}`);
  });
  return [style.heading(2, 'Security fixes'), ...lines];
}

function changesPart({ areas }: Release, style: Style): string[] {
  const parts = areas.flatMap(({ area, changes }) => [
    style.heading(3, `${style.safe(area)} (${changes.length})`),
    ...changes.map((change) => style.item(changeText(change, style))),
  ]);
  return [style.heading(2, 'Changes'), ...parts];
}

function backportsPart({ backports }: Release, style: Style): string[] {
  if (backports.length === 0) return [];
  const lines = backports.map((change) => {
    const from = change.origins.map((id) => id.slice(0, 12)).join(', ');
    return style.item(`${change.commit.slice(0, 12)} from ${from}: ${style.safe(change.title)}`);
  });
  return [style.heading(2, `Backports (${backports.length})`), ...lines];
}

function reviewAreas(one: Contribution, style: Style): string {
  const areas = Object.entries(one.reviewedAreas).slice(0, 4);
  return areas.map(([area, count]) => `${style.safe(area)} ${count}`).join(', ');
}

function peoplePart({ people, organisations, firstTime }: Release, style: Style): string[] {
  const shown = people.filter((one) => counts(one) !== '').slice(0, PEOPLE_SHOWN);
  const authors = shown.filter(({ authored }) => authored > 0);
  const reviewers = shown
    .filter(({ reviewed }) => reviewed > 0)
    .toSorted((one, other) => other.reviewed - one.reviewed);
  return [
    style.heading(2, `Contributors (${authors.length})`),
    ...authors.map((one) =>
      style.item(`${nameOf(one.person, style)}, ${style.safe(one.organisation)}: ${counts(one)}`),
    ),
    style.heading(2, `Reviewers (${reviewers.length})`),
    ...reviewers.map((one) => style.item(`${nameOf(one.person, style)}: ${one.reviewed} (${reviewAreas(one, style)})`)),
    style.heading(2, 'By organisation'),
    ...organisations
      .filter(({ authored, reviewed }) => authored + reviewed > 0)
      .map((one) =>
        style.item(`${style.safe(one.name)}: ${one.authored} written, ${one.reviewed} reviewed, ${one.people} people`),
      ),
    ...(firstTime.length === 0
      ? []
      : [style.heading(2, 'First contribution'), ...firstTime.map((person) => style.item(nameOf(person, style)))]),
  ];
}

/** The release as text for a mail, or as Markdown. */
export function releaseText(release: Release, form: 'text' | 'markdown'): string {
  const style = form === 'text' ? PLAIN : MARKDOWN;
  const count = release.areas.reduce((sum, { changes }) => sum + changes.length, 0);
  const when = release.from === '' ? '' : `, ${release.from} to ${release.to}`;
  const text = [
    style.heading(1, style.safe(release.range)).trimStart(),
    `${count} changes${when}`,
    ...securityPart(release, style),
    ...changesPart(release, style),
    ...backportsPart(release, style),
    ...peoplePart(release, style),
  ].join('\n');
  return `${text.replaceAll(/\n{3,}/g, '\n\n')}\n`;
}
