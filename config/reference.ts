import { stringify } from 'yaml';
import { z } from 'zod';
import { noteOf, unwrap } from './field.ts';
import { RETIRED } from './retired.ts';
import { fileSchema } from './schema.ts';

const INTRODUCTION = `# Configuration

Made by \`npm run docs\` from config/schema.ts. One YAML file says everything; \`--config FILE\` names it.

- Relative paths start at the file's directory; \`{data}/\` at the start of a path is the data directory.
- Times are written \`30s\`, \`5m\`, \`2h\`, \`1d\`; sizes \`64KiB\`, \`25MB\`, \`4GiB\`. A bare number counts in the field's own unit (seconds, bytes, or what its name says).
- A secret stands in an environment variable, \`{env: NAME}\`, or in a file, \`{file: PATH}\`; never in this file.
- \`extends: xen\` starts from a bundled preset: blocks are merged key by key, lists are replaced.
- An unknown key or a wrong value is an error with its line, what was found and what is allowed. All are told at once.

A small file:

\`\`\`yaml
bot: {email: patchloom@example.org}
sources:
  - maildir: {path: /home/patchloom/Maildir}
projects:
  hello:
    lists: [hello@lists.example.org]
    fallback: true
    git: {upstream: https://git.example.org/hello.git, branch: main}
    build:
      gate: always
      jobs: [{name: build, run: make}]
\`\`\`
`;

const RETIRED_HEAD = `## Keys of earlier versions

A file that still holds one is refused with this line.

| Key | Now |
| --- | --- |`;

/** docs/configuration.md, made from the notes of the schema. */
export function referenceText(): string {
  const retired = RETIRED.map(({ path, now }) => `| \`${path}\` | ${cell(now)} |`);
  return [INTRODUCTION, ...sections('', fileSchema, 'The whole file.'), RETIRED_HEAD, ...retired, ''].join('\n');
}

/** The section of one block, and those of the blocks inside it. */
function sections(path: string, schema: z.ZodObject, text: string): string[] {
  const fields = Object.entries(schema.shape).map(([key, field]) => ({ key, field, block: blockOf(field) }));
  const leaves = fields.filter(({ block }) => block === null);
  const rows = leaves.map(({ key, field }) => row(key, field));
  const table =
    rows.length === 0 ? [] : ['', '| Field | Standard | Allowed | Meaning |', '| --- | --- | --- | --- |', ...rows];
  const heading = path === '' ? '## Top level' : `## \`${path}\``;
  const own = [heading, '', text, ...table, ''].join('\n');
  const inner = fields.flatMap(({ key, block }) => {
    if (block === null) return [];
    const name = `${path === '' ? '' : `${path}.`}${key}${block.suffix}`;
    return sections(name, block.schema, noteOf(block.schema)?.text ?? '');
  });
  return [own, ...inner];
}

/** The block that a field holds, in a list or by name too; null for a plain field. */
function blockOf(field: z.core.$ZodType): { schema: z.ZodObject; suffix: string } | null {
  const inner = unwrap(field);
  if (inner instanceof z.ZodObject) return { schema: inner, suffix: '' };
  if (inner instanceof z.ZodArray && inner.element instanceof z.ZodObject)
    return { schema: inner.element, suffix: '[]' };
  if (inner instanceof z.ZodRecord && inner.valueType instanceof z.ZodObject)
    return { schema: inner.valueType, suffix: '.NAME' };
  return null;
}

function row(key: string, field: z.core.$ZodType): string {
  const note = noteOf(field);
  const standard = note !== null && 'standard' in note ? `\`${inline(note.standard)}\`` : 'must be given';
  const example = note?.example === undefined ? '' : ` Example: \`${key}: ${note.example}\``;
  return `| \`${key}\` | ${standard} | ${cell(note?.allowed ?? '')} | ${cell(`${note?.text ?? ''}${example}`)} |`;
}

function inline(value: unknown): string {
  if (value === null) return 'none';
  return stringify(value, { collectionStyle: 'flow', lineWidth: 0, flowCollectionPadding: false }).trim();
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}

if (import.meta.main) process.stdout.write(referenceText());
