/** Whose fault an error is: it decides who is told, and whether trying again can help. */
export type Fault = 'usage' | 'config' | 'input' | 'remote' | 'internal';

/**
 * Every error that a person may meet. `fix` says what to do; it is printed after the message.
 * docs/errors.md explains each at length.
 */
export const ERRORS = {
  USAGE: { fault: 'usage', retry: false, fix: 'run "patchloom --help"' },
  CONFIG_INVALID: { fault: 'config', retry: false, fix: 'correct the field; docs/configuration.md lists every one' },
  CONFIG_MISSING: { fault: 'config', retry: false, fix: 'give --config FILE, or start from config/xen.yaml' },
  SECRET_MISSING: {
    fault: 'config',
    retry: false,
    fix: 'set the environment variable or create the file that the config names',
  },
  STORE_NEWER: {
    fault: 'config',
    retry: false,
    fix: 'this data was written by a newer patchloom: upgrade, or use another --data',
  },
  STORE_BUSY: { fault: 'config', retry: true, fix: 'another patchloom is writing; wait for it or stop it' },
  STORE_UNUSABLE: {
    fault: 'config',
    retry: false,
    fix: 'check that the data directory or database exists, has room and may be written to',
  },
  STORE_UNREACHABLE: {
    fault: 'remote',
    retry: true,
    fix: 'check that PostgreSQL runs and that host and port of database are right; patchloom tries again by itself',
  },
  STORE_SEALED: {
    fault: 'config',
    retry: false,
    fix: 'do what the message says: the data lives elsewhere, or is not whole yet',
  },
  LEASE_LOST: { fault: 'internal', retry: true, fix: 'nothing to do: another worker goes on with the job' },
  SOURCE_MISSING: { fault: 'input', retry: false, fix: 'check the path' },
  SOURCE_UNREADABLE: {
    fault: 'input',
    retry: false,
    fix: 'give an mbox file, a Maildir, a public-inbox git directory, or - for standard input',
  },
  MAIL_TOO_LARGE: { fault: 'input', retry: false, fix: 'raise limits.message_bytes if such mails are wanted' },
  NOT_FOUND: { fault: 'input', retry: false, fix: 'patchloom series lists what is known' },
  INCOMPLETE: { fault: 'input', retry: false, fix: 'wait for the missing patches, or import the mails that hold them' },
  DOES_NOT_APPLY: {
    fault: 'input',
    retry: false,
    fix: 'take the commits that it needs first, or port it by hand',
  },
  IMAP_AUTH: { fault: 'remote', retry: true, fix: 'check user and password of the source' },
  IMAP_UNREACHABLE: { fault: 'remote', retry: true, fix: 'check host, port and tls of the source' },
  SMTP_AUTH: { fault: 'remote', retry: true, fix: 'check user and password of smtp' },
  SMTP_UNREACHABLE: { fault: 'remote', retry: true, fix: 'check host, port and security of smtp' },
  SMTP_REFUSED: { fault: 'remote', retry: false, fix: 'the server said no for good; read its words' },
  GIT_UNREACHABLE: {
    fault: 'remote',
    retry: true,
    fix: 'check the URL or path of the repository and the access to it',
  },
  GIT_REF_MISSING: { fault: 'config', retry: false, fix: 'check the branch name in the config against the repository' },
  DISK_BUDGET: {
    fault: 'config',
    retry: true,
    fix: 'raise git.disk; docs/errors.md says what can be taken away',
  },
  GIT_FAILED: { fault: 'remote', retry: true, fix: 'read the words of git' },
  SIGNING_FAILED: {
    fault: 'config',
    retry: true,
    fix: 'git.sign wants an Ed25519 or RSA key of SSH without a passphrase, or its public half and an agent',
  },
  SANDBOX_MISSING: {
    fault: 'config',
    retry: false,
    fix: 'install bubblewrap, or set build.sandbox: none in words for code that you trust',
  },
  BUILD_MACHINE: {
    fault: 'remote',
    retry: true,
    fix: 'free disk or memory on the build machine; "patchloom doctor" looks at the sandbox',
  },
  CI_UNREACHABLE: {
    fault: 'remote',
    retry: true,
    fix: 'nothing to do: patchloom asks again; check the address where it stays so',
  },
  CI_REFUSED: { fault: 'remote', retry: true, fix: "check token, App and permissions against the CI server's words" },
  WEB_UNUSABLE: { fault: 'config', retry: false, fix: 'choose another web.listen, or stop what listens there' },
  TEMPLATE_INVALID: { fault: 'config', retry: false, fix: 'correct the template' },
  INTERNAL: { fault: 'internal', retry: true, fix: 'this is a fault of patchloom: please report it with the log' },
} as const satisfies Record<string, { fault: Fault; retry: boolean; fix: string }>;

export type ErrorCode = keyof typeof ERRORS;

/** An error with a code of the table, one clear line for people, and the cause kept. */
export class PatchloomError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'PatchloomError';
    this.code = code;
  }

  /** Whether the same call may succeed later. */
  get retry(): boolean {
    return ERRORS[this.code].retry;
  }
}

/** One line for a terminal or a log: what went wrong and what to do; never a stack trace. */
export function describeError(error: unknown): string {
  if (error instanceof PatchloomError) return `${error.message} (${error.code}: ${ERRORS[error.code].fix})`;
  return error instanceof Error ? error.message : String(error);
}

/** 2 for bad usage or config, 1 for all else. */
export function exitCodeOf(error: unknown): 1 | 2 {
  if (!(error instanceof PatchloomError)) return 1;
  const { fault } = ERRORS[error.code];
  return fault === 'usage' || fault === 'config' ? 2 : 1;
}
