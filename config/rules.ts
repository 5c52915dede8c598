import type { Problem } from './problem.ts';
import type { ConfigFile } from './schema.ts';
import { PLACES, sourceName } from './source-name.ts';

type ProjectFile = ConfigFile['projects'][string];

/** What the fields must hold together, beyond what each allows. Every fault is told, not only the first. */
export function brokenRules(file: ConfigFile): Problem[] {
  const projects = Object.entries(file.projects);
  const none = projects.length === 0 ? [{ path: ['projects'], text: 'empty; at least one project is needed' }] : [];
  return [
    ...none,
    ...file.sources.flatMap((source, index) => sourceRules(source, index)),
    ...sameNames(file.sources),
    ...smtpRules(file.smtp),
    ...tokenRules(file),
    ...webhookRules(file),
    ...projects.flatMap(([name, project]) => [
      ...projectRules(name, project, file.smtp !== null),
      ...runnerRules(name, project, file),
      ...hookRules(name, project, file),
      ...borrowRules(name, project, file),
    ]),
    ...routingRules(projects),
  ];
}

function hookRules(name: string, { git }: ProjectFile, { web }: ConfigFile): Problem[] {
  const path = ['projects', name, 'git', 'hook'];
  return git?.hook && web === null
    ? [{ path, text: 'found a secret, but no web server that could be told; give web' }]
    : [];
}

function webhookRules({ webhooks, projects }: ConfigFile): Problem[] {
  return webhooks.flatMap((hook, index) => {
    const path = ['webhooks', index];
    const twice = webhooks.findIndex(({ name }) => name === hook.name) !== index;
    const unknown = hook.projects.find((name) => !Object.hasOwn(projects, name));
    return [
      ...(twice ? [{ path: [...path, 'name'], text: 'another webhook has this name' }] : []),
      ...(unknown === undefined ? [] : [{ path: [...path, 'projects'], text: `there is no project "${unknown}"` }]),
    ];
  });
}

function tokenRules({ web, projects }: ConfigFile): Problem[] {
  const tokens = web?.tokens ?? [];
  return tokens.flatMap((token, index) => {
    const path = ['web', 'tokens', index];
    const twice = tokens.findIndex(({ name }) => name === token.name) !== index;
    const unknown = token.projects.find((name) => !Object.hasOwn(projects, name));
    return [
      ...(/^[\w.@+-]{1,100}$/.test(token.name) && !twice
        ? []
        : [{ path: [...path, 'name'], text: twice ? 'another token has this name' : 'letters, digits, . _ @ + -' }]),
      ...(unknown === undefined ? [] : [{ path: [...path, 'projects'], text: `there is no project "${unknown}"` }]),
    ];
  });
}

function borrowRules(name: string, { git }: ProjectFile, { projects }: ConfigFile): Problem[] {
  const borrow = git?.borrow ?? null;
  if (borrow === null) return [];
  const lender = Object.hasOwn(projects, borrow) && borrow !== name ? projects[borrow]?.git : null;
  if (lender && lender.borrow === null) return [];
  const text = `found "${borrow}"; allowed: the name of another project with git, which borrows nothing itself`;
  return [{ path: ['projects', name, 'git', 'borrow'], text }];
}

function sourceRules(source: ConfigFile['sources'][number], index: number): Problem[] {
  const path = ['sources', index];
  const kinds = (['imap', ...PLACES] as const).filter((kind) => source[kind] !== null);
  const count =
    kinds.length === 1
      ? []
      : [
          {
            path,
            text: `found ${kinds.join(' and ') || 'none'}; allowed: exactly one of imap, mbox, maildir, public_inbox`,
          },
        ];
  const open = source.imap !== null && !source.imap.tls && !isLoopback(source.imap.host);
  return [
    ...count,
    ...(open ? [{ path: [...path, 'imap', 'tls'], text: 'found false; allowed only for a host on this machine' }] : []),
  ];
}

function sameNames(sources: ConfigFile['sources']): Problem[] {
  const names = sources.map(sourceName);
  return names.flatMap((name, index) =>
    name === '' || names.indexOf(name) === index
      ? []
      : [{ path: ['sources', index], text: `"${name}" is the name of an earlier source; give name` }],
  );
}

function smtpRules(smtp: ConfigFile['smtp']): Problem[] {
  if (smtp === null) return [];
  const problems: Problem[] = [];
  if (smtp.security === 'none' && !isLoopback(smtp.host)) {
    problems.push({ path: ['smtp', 'security'], text: 'found "none"; allowed only for a host on this machine' });
  }
  if ((smtp.user === null) !== (smtp.password === null)) {
    problems.push({ path: ['smtp'], text: 'found one of user and password; give both or none' });
  }
  return problems;
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host);
}

function projectRules(name: string, project: ProjectFile, smtp: boolean): Problem[] {
  const at = (...path: PropertyKey[]) => ['projects', name, ...path];
  const problems: Problem[] = [];
  if (!/^[a-z0-9][a-z0-9._-]{0,63}$/.test(name)) {
    problems.push({
      path: at(),
      text: 'the name may hold small letters, digits, ".", "_" and "-", and starts with a letter or digit',
    });
  }
  if (project.prefixes.length === 0 && !project.fallback) {
    problems.push({ path: at(), text: 'no mail can reach it; give prefixes, or fallback: true' });
  }
  if (project.mode !== 'shadow' && !smtp)
    problems.push({ path: at('mode'), text: `found "${project.mode}", which needs smtp; give smtp, or shadow` });
  if (project.digest?.to.length === 0 && project.lists.length === 0)
    problems.push({ path: at('digest', 'to'), text: 'nobody would get it; give to, or lists' });
  if (project.build.jobs.length > 0 && project.git === null) {
    problems.push({ path: at('build', 'jobs'), text: 'found jobs, but no git to build from; give git' });
  }
  for (const key of ['branch', 'target_branch', 'browse'] as const) {
    const [mark, wanted] =
      key === 'browse' ? (['{ref}', true] as const) : (['{target}', key === 'target_branch'] as const);
    const value = project.git?.[key] ?? null;
    if (value === null || value.includes(mark) === wanted) continue;
    problems.push({
      path: at('git', key),
      text: `found "${value}"; ${wanted ? `must hold ${mark}` : `${mark} belongs into target_branch`}`,
    });
  }
  if (project.archive !== null && !project.archive.includes('{msgid}')) {
    problems.push({ path: at('archive'), text: `found "${project.archive}"; must hold {msgid}` });
  }
  return [...problems, ...trailerRules(project, at), ...jobRules(project, at)];
}

function trailerRules({ git, archive }: ProjectFile, at: (...path: PropertyKey[]) => PropertyKey[]): Problem[] {
  const link = git?.link ?? null;
  if (link !== null && !link.includes('{msgid}'))
    return [{ path: at('git', 'link'), text: `found "${link}"; must hold {msgid}` }];
  if (git?.trailer === 'link' && link === null && archive === null)
    return [{ path: at('git', 'trailer'), text: 'found "link", and nothing to link to; give link, or archive' }];
  return [];
}

/** A remote runner needs the account that it runs under, masks need the job that they are of, and a cache what keeps it clean. */
function runnerRules(name: string, { build }: ProjectFile, file: ConfigFile): Problem[] {
  const at = (...path: PropertyKey[]) => ['projects', name, 'build', ...path];
  const { runner } = build;
  const account = runner === 'local' ? null : 'github' in runner ? ('github' as const) : ('gitlab' as const);
  const missing =
    account !== null && file[account] === null
      ? [
          {
            path: at('runner'),
            text: `found ${account}, which needs the account: give ${account} at the top of the file`,
          },
        ]
      : [];
  // A remote job is named by the CI's own configuration; here it may be left out.
  const names = new Set(build.jobs.map((job) => job.name));
  const lost = build.masks.flatMap(({ job }, index) =>
    account !== null || names.has(job)
      ? []
      : [{ path: at('masks', index, 'job'), text: `found "${job}"; there is no such job` }],
  );
  const empty = build.jobs.flatMap(({ run }, index) =>
    account !== null || run.trim() !== ''
      ? []
      : [{ path: at('jobs', index, 'run'), text: 'missing; give a shell script' }],
  );
  const open = build.cache !== null && build.sandbox === 'none';
  const unsafe = open
    ? [{ path: at('cache'), text: 'needs sandbox: bubblewrap; without it one series could spoil it for all' }]
    : [];
  return [...missing, ...lost, ...empty, ...unsafe];
}

function jobRules(project: ProjectFile, at: (...path: PropertyKey[]) => PropertyKey[]): Problem[] {
  const seen = new Set<string>();
  return project.build.jobs.flatMap(({ name }, index) => {
    const path = at('build', 'jobs', index, 'name');
    if (!/^[a-z0-9][a-z0-9._-]{0,63}$/.test(name))
      return [{ path, text: `found "${name}"; allowed: small letters, digits, ".", "_" and "-"` }];
    if (seen.has(name)) return [{ path, text: `"${name}" is the name of an earlier job; give each its own` }];
    seen.add(name);
    return [];
  });
}

/** Two projects must not both claim the same mail. An empty list of lists means every list. */
function routingRules(projects: readonly (readonly [string, ProjectFile])[]): Problem[] {
  return projects.flatMap(([name, project], index) =>
    projects.slice(0, index).flatMap(([other, earlier]) => {
      if (!overlap(project.lists, earlier.lists)) return [];
      const problems: Problem[] = [];
      if (project.fallback && earlier.fallback) {
        problems.push({
          path: ['projects', name, 'fallback'],
          text: `"${other}" is already the fallback of the same list; one project for each list`,
        });
      }
      const words = new Set(earlier.prefixes.map((word) => word.toUpperCase()));
      const shared = project.prefixes.find((word) => words.has(word.toUpperCase()));
      if (shared !== undefined) {
        problems.push({
          path: ['projects', name, 'prefixes'],
          text: `"${shared}" already names "${other}" on the same list`,
        });
      }
      return problems;
    }),
  );
}

function overlap(a: readonly string[], b: readonly string[]): boolean {
  // A project for every list is the last resort beside one for a named list, not its rival.
  if (a.length === 0 || b.length === 0) return a.length === b.length;
  return a.some((list) => b.includes(list));
}
