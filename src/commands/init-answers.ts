import type { ZodType } from 'zod';
import { address, branch, line, repository } from '../../config/values.ts';
import { PatchloomError } from '../util/errors.ts';
import type { Ask } from './converse.ts';

/** What a first configuration is made from. Empty text: not wanted, or later. */
export interface InitAnswers {
  /** Bundled preset, or empty for a project of one's own. */
  readonly preset: string;
  readonly name: string;
  readonly list: string;
  readonly upstream: string;
  readonly branch: string;
  /** `imap://USER@HOST`, or `mbox:`, `maildir:`, `public-inbox:` and a path. */
  readonly source: string;
  readonly bot: string;
  readonly operator: string;
  readonly data: string;
}

interface Question {
  /** Name of the answer, and of the option that gives it without asking. */
  readonly option: keyof InitAnswers;
  readonly text: string;
  /** The answer where nothing is said; null: something must be. */
  readonly standard: string | null;
  /** What is wrong with an answer, in words; null where nothing is. */
  readonly wrong: (answer: string) => string | null;
  /** Whether a preset answers it already. */
  readonly preset?: true;
}

/** A check by the configuration's own rule, in words of this question. */
function by(rule: ZodType, words: string): Question['wrong'] {
  return (answer) => (rule.safeParse(answer).success ? null : words);
}

/** The same where nothing is an answer too. */
function orNothing(wrong: Question['wrong']): Question['wrong'] {
  return (answer) => (answer === '' ? null : wrong(answer));
}

const QUESTIONS: readonly Question[] = [
  {
    option: 'preset',
    text: 'Preset to start from: "xen", or nothing for a project of your own',
    standard: '',
    wrong: (answer) => (['', 'xen'].includes(answer) ? null : 'there is only the preset "xen"'),
  },
  {
    option: 'name',
    text: 'Short name of the project, as it will stand in branches',
    standard: null,
    wrong: (answer) => (/^[a-z0-9][a-z0-9-]{0,40}$/.test(answer) ? null : 'small letters, digits and "-"'),
    preset: true,
  },
  {
    option: 'list',
    text: 'Address of its mailing list',
    standard: null,
    wrong: by(address(), 'a mail address, as list@example.org'),
    preset: true,
  },
  {
    option: 'upstream',
    text: 'Its git repository, URL or path (nothing: no branches are made)',
    standard: '',
    wrong: orNothing(by(repository(), 'a URL (https, ssh, git, file), user@host:path, or a path')),
    preset: true,
  },
  {
    option: 'branch',
    text: 'Branch that series are meant for',
    standard: 'main',
    wrong: by(branch(), 'the name of a branch'),
    preset: true,
  },
  {
    option: 'source',
    text: 'Where its mail comes from: imap://USER@HOST, mbox:PATH, maildir:PATH, public-inbox:PATH (nothing: later)',
    standard: '',
    wrong: orNothing((answer) =>
      SOURCE.test(answer) ? null : 'imap://USER@HOST, or mbox:, maildir:, public-inbox: and a path',
    ),
  },
  {
    option: 'bot',
    text: 'Address that the bot writes from',
    standard: null,
    wrong: by(address(), 'a mail address, as patchloom@example.org'),
  },
  {
    option: 'operator',
    text: 'Your own address, to be told of mails that came back (nothing: nobody is)',
    standard: '',
    wrong: orNothing(by(address(), 'a mail address')),
  },
  {
    option: 'data',
    text: 'Directory to keep everything in',
    standard: './patchloom-data',
    wrong: by(line(), 'a path'),
  },
];

/** User and host of IMAP, or kind and path of a place on this machine. */
export const SOURCE =
  /^(?:imap:\/\/(?<user>[^\s/:]+)@(?<host>[\w.-]+)|(?<kind>mbox|maildir|public-inbox):(?<path>\S.*))$/;

/** The options of `patchloom init`: one for each question. */
export const INIT_OPTIONS = Object.fromEntries(QUESTIONS.map(({ option }) => [option, { type: 'string' as const }]));

/** What each of them answers, and what stands where it is not given. */
export const INIT_HELP = [
  'each question has an option that answers it:',
  ...QUESTIONS.map(({ option, text, standard }) => {
    const left = standard === null ? '; needed' : standard === '' ? '' : ` [${standard}]`;
    return `  --${option.padEnd(14)} ${text}${left}`;
  }),
].join('\n');

/**
 * The answers: what the options give, the rest by asking, or the standards where nobody can be asked.
 * @throws PatchloomError USAGE where an option is wrong, or one is missing and nobody can be asked
 */
export async function initAnswers(
  given: Readonly<Record<string, string | boolean | undefined>>,
  ask: Ask | null,
): Promise<InitAnswers> {
  const answers: Record<string, string> = {};
  for (const question of QUESTIONS) {
    const { option } = question;
    const asked = given[option];
    if (question.preset && answers['preset'] !== '' && asked === undefined) answers[option] = '';
    else if (typeof asked === 'string') answers[option] = checked(question, asked.trim());
    else if (ask !== null) answers[option] = await askUntilRight(question, ask);
    else answers[option] = standardOf(question);
  }
  return answers as unknown as InitAnswers;
}

function checked({ option, wrong }: Question, answer: string): string {
  const problem = wrong(answer);
  if (problem !== null) throw new PatchloomError('USAGE', `init: --${option} ${JSON.stringify(answer)}: ${problem}`);
  return answer;
}

async function askUntilRight({ text, standard, wrong }: Question, ask: Ask): Promise<string> {
  const shown = standard === null || standard === '' ? '' : ` [${standard}]`;
  let problem: string | null = null;
  for (;;) {
    const said: string = (await ask(`${problem === null ? '' : `  (${problem})\n`}${text}${shown}: `)).trim();
    const answer = said === '' && standard !== null ? standard : said;
    problem = wrong(answer);
    if (problem === null) return answer;
  }
}

function standardOf({ option, text, standard }: Question): string {
  if (standard === null) throw new PatchloomError('USAGE', `init: --${option} is needed: ${text}`);
  return standard;
}
