import type { TreeState } from './policy.ts';

/**
 * What a Release Manager's mail says of the tree, by its subject, or null. The subjects are the templates of Xen's
 * docs/process/xen-release-management ("Commit moratorium for …", "Commit moratorium is lifted …", "No Release Ack needed before …").
 * A lifted moratorium leaves the tree frozen: what has its release ack may go in. Only offered to people, never acted upon.
 */
export function treeNotice(subject: string): TreeState | null {
  const text = subject.slice(0, 500).toLowerCase().replaceAll(/\s+/g, ' ');
  if (/^(?:re|aw|sv|fwd?):/.test(text)) return null;
  if (/\bmoratorium\b/.test(text)) return /\b(?:lifted|over|ended)\b/.test(text) ? 'frozen' : 'moratorium';
  if (/\bno release[ -]acks? (?:is |are )?(?:needed|required)\b/.test(text)) return 'open';
  if (/\brelease[ -]acks? (?:is |are |now )*(?:needed|required)\b/.test(text)) return 'frozen';
  return /\btree is (?:now )?open\b/.test(text) ? 'open' : null;
}
