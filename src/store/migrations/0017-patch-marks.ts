import type { Migration } from './migration.ts';

/** What people have set is looked for by the mails of a page, whatever their project, and by its state. */
export const patchMarks: Migration = {
  name: '0017-patch-marks',
  async up(tx) {
    await tx.schema.createIndex('patch_mark_msgid').on('patch_mark').column('msgid').execute();
    await tx.schema.createIndex('patch_mark_state').on('patch_mark').column('state').execute();
  },
};
