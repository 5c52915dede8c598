import { type InitAnswers, SOURCE } from './init-answers.ts';

/** A first configuration as YAML, with what an operator changes next as comments. JSON's quoted text is YAML's too. */
export function initText(answers: InitAnswers): string {
  const { preset, bot, operator, data } = answers;
  return [
    '# Made by "patchloom init". docs/configuration.md lists every setting.',
    ...(preset === '' ? [] : [`extends: ${preset}`]),
    `data: ${quoted(data)}`,
    'bot:',
    `  email: ${quoted(bot)}`,
    ...(operator === '' ? [] : [`  operator: ${quoted(operator)}`]),
    ...sourceLines(answers),
    'web:',
    '  listen: 127.0.0.1:8080',
    ...(preset === '' ? projectLines(answers) : []),
    '',
    '# Nothing is sent while a project is in shadow, which it is until it says otherwise:',
    '# smtp: {host: smtp.example.org, user: patchloom, password: {env: SMTP_PASSWORD}}',
    '# projects:',
    `#   ${preset === '' ? answers.name : 'xen'}:`,
    '#     mode: moderate',
    '',
  ].join('\n');
}

function sourceLines({ source, name, preset }: InitAnswers): readonly string[] {
  const { user, host, kind, path } = SOURCE.exec(source)?.groups ?? {};
  const called = `  - name: ${preset === '' ? name : 'list'}`;
  if (user !== undefined && host !== undefined) {
    const imap = `    imap: {host: ${quoted(host)}, user: ${quoted(user)}, password: {env: IMAP_PASSWORD}}`;
    return ['sources:', called, imap];
  }
  if (kind === undefined || path === undefined) return [];
  return ['sources:', called, `    ${kind.replace('-', '_')}: {path: ${quoted(path)}}`];
}

function projectLines({ name, list, upstream, branch }: InitAnswers): readonly string[] {
  return [
    'projects:',
    `  ${quoted(name)}:`,
    `    lists: [${quoted(list)}]`,
    '    fallback: true',
    ...(upstream === '' ? [] : ['    git:', `      upstream: ${quoted(upstream)}`, `      branch: ${quoted(branch)}`]),
  ];
}

function quoted(text: string): string {
  return JSON.stringify(text);
}
