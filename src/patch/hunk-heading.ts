/** `@@ -1,9 +1,7 @@`, the first line of a hunk (diff.c of git): how many lines it has of the old file and of the new one, 1 where it does not say. */
export const HUNK_HEADING = /^@@ -\d{1,9}(?:,(\d{1,9}))? \+\d{1,9}(?:,(\d{1,9}))? @@/;
