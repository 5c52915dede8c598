import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadConfig } from '../../config/loader.ts';
import { contentHash } from '../../src/patch/content-hash.ts';
import { findDiff, pathsOf } from '../../src/patch/diff.ts';
import { diffHash } from '../../src/patch/diff-hash.ts';
import { patchId } from '../../src/patch/patch-id.ts';
import { standardOptions } from '../../src/review/maintainers-conf.ts';
import { coverageOf, keywordSections, levelsOf } from '../../src/review/maintainers-cover.ts';
import { parseMaintainers } from '../../src/review/maintainers.ts';
import { PatchloomError } from '../../src/util/errors.ts';
import { tempDir } from '../helpers/temp-dir.ts';
import { bases, checkCase, fuzzCase, savedCases } from './cases.ts';
import { casesOf, type Target, textCases } from './target.ts';

/** Mail, from its bytes to tags: `cases.ts`. @param most so many mails to change */
export const mailTarget = (most: number): Target => ({
  name: 'mail',
  open: async () => {
    const known = await bases(most);
    return casesOf(fuzzCase, savedCases(known), (mails) => checkCase(known, mails));
  },
});

const diffTarget: Target = {
  name: 'diff',
  open: async () => {
    const words = [
      '--- a/x',
      '+++ b/x',
      '--- /dev/null',
      '@@ -0,0 +1,99999999 @@',
      '@@ -1 +1 @@',
      'rename from ',
      '"a\\303',
      'Index: x',
      '\\ No newline at end of file',
      'new file mode 160000',
      'GIT binary patch',
      'delta 3',
      '-- ',
      '> ',
      '\0',
      '\r',
    ];
    return textCases('diff', words, async (text) => {
      const lines = text.toString('latin1').split('\n');
      const found = findDiff(lines, 0);
      if (found === null) return;
      assert.deepEqual(findDiff(lines, 0), found);
      assert.match(contentHash(found.files), /^\S+$/);
      assert.match(diffHash(found.text), /^\S+$/);
      patchId(found.text);
      // Only git's quotes can put a line end into a name. That, and other characters that no file name should hold, the mirror refuses.
      for (const path of pathsOf(found.files))
        assert.ok(!path.includes('\n') || /"[^\n]*\\(?:n|[0-7]12)/.test(found.text), path);
    });
  },
};

const maintainersTarget: Target = {
  name: 'maintainers',
  open: async () => {
    const words = [
      'M:\t',
      'F:\t*/',
      'F:\t**/{a,b}/[!x]*',
      'X:\t',
      'N:\t(a+)+$',
      'K:\t^(([a-z])+.)+[A-Z]([a-z])+$',
      'K:\t[',
      'L:\t',
      'S:\tOrphan',
      'V:\txen-maintainers-1',
      '\n\n',
      '<',
      '"',
      '****',
      '\0',
    ];
    return textCases('maintainers', words, async (text) => {
      const known = parseMaintainers(text.toString('latin1'));
      for (const path of ['src/a/b.c', '', 'a'.repeat(300), 'src/../x', 'xen/arch/arm/x.c']) {
        levelsOf(known, path);
        coverageOf(known, path);
      }
      keywordSections(known, ['first', 'a'.repeat(2_000), 'second'.repeat(50)]);
      standardOptions(known.xen !== null);
    });
  },
};

const configTarget: Target = {
  name: 'config',
  open: async (ending) => {
    const file = join(tempDir(ending), 'patchloom.yaml');
    const words = [
      'extends: xen\n',
      'extends: nothing\n',
      '&a [*a]',
      '*hello',
      '<<: *hello',
      '{env: P}',
      '{file: /etc/passwd}',
      'null',
      '!!binary x',
      '? [a]\n: b\n',
      '1e400',
      '-1',
      '99999999999999999999',
      '"\\n"',
      '__proto__: {a: 1}\n',
      'constructor: x\n',
      'projects: []\n',
      '\t',
      '{',
      ']',
      '%YAML 9.9\n---\n',
      '---\n',
    ];
    return textCases('config', words, async (text) => {
      writeFileSync(file, text);
      try {
        assert.ok(Object.isFrozen(loadConfig(file, { P: 'secret' })));
      } catch (error) {
        if (!(error instanceof PatchloomError)) throw error;
        assert.match(error.code, /^(?:CONFIG_INVALID|CONFIG_MISSING|SECRET_MISSING)$/);
        for (const line of error.message.split('\n')) assert.match(line, /^\S+\.yaml:/, error.message);
        assert.ok(error.message.length < 1_000_000);
      }
    });
  },
};

export const TEXT_TARGETS: readonly Target[] = [diffTarget, maintainersTarget, configTarget];
