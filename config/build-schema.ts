import { z } from 'zod';
import { optional, required, section } from './field.ts';
import { address, duration, inTree, line, repository, size } from './values.ts';

const yesNo = 'true or false';
const path = () => line();

const job = section('One build-test.', {
  name: required(line(), {
    text: 'Name of its check.',
    allowed: 'small letters, digits, ".", "_" and "-"',
    example: 'hypervisor-x86',
  }),
  run: optional(z.string(), '', {
    text: 'Script for `sh -e -c`, run in the checked-out tree, after those of the jobs before it. A remote runner has its own.',
    allowed: 'a shell script',
    example: 'make -C xen -j"$(nproc)"',
  }),
  paths: optional(z.array(line()), [], {
    text: 'Run only for series that touch a file matching one of these globs; always where empty.',
    allowed: 'a list of globs',
    example: '["xen/**"]',
  }),
  timeout: optional(duration(), '30m', {
    text: 'Wall clock for one run.',
    allowed: 'a time such as 30m',
    example: '1h',
  }),
  each: optional(z.boolean(), true, {
    text: 'Run on every patch, so that history can be bisected; `false`: on the whole series alone.',
    allowed: yesNo,
  }),
  retries: optional(z.int().min(0).max(5), 1, {
    text: 'How often a failure is tried again, from an empty directory, before it is believed. What then passes is flaky.',
    allowed: '0 to 5',
    example: '2',
  }),
  junit: optional(inTree().nullable(), null, {
    text: 'JUnit XML file that it writes. Its failing tests are named.',
    allowed: 'a path below the tree',
    example: 'build/tests.xml',
  }),
  artifacts: optional(z.array(inTree()), [], {
    text: 'Files that are kept beside the log.',
    allowed: 'a list of paths below the tree',
    example: '[xen/xen.gz]',
  }),
});

const mask = section('A failure that is known: shown, but nobody is blamed for it.', {
  job: required(line(), { text: 'Name of the job.', allowed: 'a job name', example: 'test' }),
  test: optional(line().nullable(), null, {
    text: 'Tests of its JUnit file, by name with `*` and `?`; the whole job where not given.',
    allowed: 'a test name',
    example: 'net.*',
  }),
  as: required(z.enum(['flaky', 'broken']), {
    text: '`flaky`: fails now and then. `broken`: fails always.',
    allowed: 'flaky, broken',
    example: 'flaky',
  }),
  why: required(line(), {
    text: 'For readers: where it is tracked.',
    allowed: 'one line of text',
    example: 'https://example.org/issues/7',
  }),
});

const variableName = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,99}$/);
const remote = {
  push: required(repository(), {
    text: 'Repository to which the commits to be built are pushed, one ref each, once they have earned it.',
    allowed: 'a URL, user@host:path, or a path',
    example: 'git@example.org:group/ci.git',
  }),
  each: optional(z.boolean(), false, {
    text: 'Also every patch, one run each, and not only base and whole series.',
    allowed: yesNo,
  }),
  expire: optional(duration().nullable(), '14d', {
    text: 'After so long the branches that were pushed for runs are taken off `push`, once no run is about them; `null`: they stay.',
    allowed: 'a time such as 14d, or null',
    example: '30d',
  }),
};
const runner = z.union([
  z.literal('local'),
  z.strictObject({
    github: z.strictObject({
      repository: z.string().regex(/^[\w.-]{1,80}\/[\w.-]{1,100}$/),
      workflow: z
        .string()
        .regex(/^[\w.-]{1,100}\.ya?ml$/)
        .nullable()
        .prefault(null),
      ...remote,
    }),
  }),
  z.strictObject({
    gitlab: z.strictObject({
      project: z.string().regex(/^[\w.-]{1,80}(?:\/[\w.-]{1,80}){1,8}$/),
      variables: z.record(variableName, line()).prefault({}),
      ...remote,
    }),
  }),
]);

const gate = z.union([
  z.enum(['always', 'on-request']),
  z.strictObject({
    tags: z.int().min(1).max(99).optional(),
    authors: z.array(address(true)).optional(),
    paths: z.array(line()).optional(),
    pipeline: duration().optional(),
  }),
]);

const quota = section('Most runs in 24 hours that nobody has asked for.', {
  author: optional(z.int().min(1).nullable(), null, {
    text: 'Of one author; no limit where not given.',
    allowed: 'a whole number from 1',
    example: '8',
  }),
  project: optional(z.int().min(1).nullable(), null, {
    text: 'Of the whole project; no limit where not given.',
    allowed: 'a whole number from 1',
    example: '50',
  }),
});

/** `projects.NAME.build`. */
export const build = section('What is built, and how much it may use.', {
  sandbox: optional(z.enum(['bubblewrap', 'none']), 'bubblewrap', {
    text: '`bubblewrap`: without network and without the files of this machine; refuses to build where it is missing. `none`: runs mailed code with your rights: only where you trust every sender.',
    allowed: 'bubblewrap, none',
  }),
  runner: optional(runner, 'local', {
    text: 'Where it is built: on this machine, by GitHub Actions, or by a GitLab pipeline (see docs/build-tests.md).',
    allowed:
      'local, {github: {repository, push, workflow, each, expire}}, or {gitlab: {project, push, variables, each, expire}}',
    example: '{gitlab: {project: group/ci, push: "git@gitlab.com:group/ci.git"}}',
  }),
  gate: optional(gate, 'on-request', {
    text: 'When a complete series that applies is built by itself. In a block any one opens it: `tags: N` people have said a tag that counts; the author is one of `authors`; it touches one of `paths`; the author links a `pipeline` of his own that passed within this time. A request always builds.',
    allowed: 'always, on-request, or a block with tags, authors, paths, pipeline',
    example: '{tags: 1, authors: [ann@example.org], pipeline: 7d}',
  }),
  quota: quota.prefault({}),
  steering: optional(
    z.array(line()),
    ['.github/workflows/**', '.github/actions/**', '.gitlab-ci.yml', '.gitlab-ci/**', '.gitlab/**'],
    {
      text: 'Files that steer the CI itself. A series that touches one is held until somebody asks.',
      allowed: 'a list of globs',
      example: '[".gitlab-ci.yml", "automation/gitlab-ci/**"]',
    },
  ),
  masks: optional(z.array(mask), [], {
    text: 'Failures that are known and blamed on nobody.',
    allowed: 'a list of blocks with job, test, as, why',
  }),
  jobs: optional(z.array(job), [], { text: 'The build-tests. Needs `git`.', allowed: 'a list of jobs' }),
  readable: optional(z.array(path()), [], {
    text: 'Paths of this machine that a build may read besides /usr, /bin, /lib* and /etc/alternatives.',
    allowed: 'a list of paths',
    example: '[/opt/toolchain]',
  }),
  memory_mib: optional(size(2 ** 20), 4096, {
    text: 'Memory of one run, in MiB.',
    allowed: 'a number of MiB, or a size such as 4GiB',
    example: '8GiB',
  }),
  processes: optional(z.int().min(8), 512, {
    text: 'Processes of one run at a time.',
    allowed: 'a whole number from 8',
    example: '1024',
  }),
  cpus: optional(z.number().min(0.1).max(4096).nullable(), null, {
    text: 'Processors that one run may keep busy; all of them where not given. Holds only with control groups (see docs/build-tests.md).',
    allowed: 'a number from 0.1',
    example: '2',
  }),
  disk_mib: optional(size(2 ** 20), 8192, {
    text: 'Disk that one run may fill, in MiB.',
    allowed: 'a number of MiB, or a size such as 8GiB',
    example: '16GiB',
  }),
  incremental: optional(z.boolean(), true, {
    text: 'Build each patch in the directory of the one before; `false`: each from an empty directory, which is slower and finds what only a clean build shows.',
    allowed: yesNo,
  }),
  cache: optional(size(1).nullable(), null, {
    text: "Compiler cache (ccache) that builds of upstream's own commits fill and all series read; none where not given. Needs the sandbox.",
    allowed: 'a size such as 4GiB',
    example: '4GiB',
  }),
  artifact_bytes: optional(size(1), '64MiB', {
    text: 'Artifacts kept of one check, all together. A file that does not fit is not kept, and the check says so.',
    allowed: 'a size such as 64MiB',
    example: '256MiB',
  }),
  log_bytes: optional(size(1), '1MiB', {
    text: 'Output kept of one run; what comes after is cut and said so.',
    allowed: 'a size such as 1MiB',
    example: '4MiB',
  }),
});
