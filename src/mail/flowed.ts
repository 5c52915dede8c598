/**
 * Undoes format=flowed (RFC 3676) for reading. Only unquoted lines are joined: quoted ones stay as sent, because they quote
 * diffs, and a joined diff line can no longer be found in the patch.
 */
export function unflow(text: string, delSp: boolean): string {
  const out: string[] = [];
  let open = '';
  for (const line of text.split('\n')) {
    if (line.startsWith('>')) {
      if (open !== '') out.push(open.trimEnd());
      open = '';
      out.push(line);
      continue;
    }
    // Space-stuffing, §4.4: one blank before lines that would read as a quote, a blank or "From ".
    const content = line.startsWith(' ') ? line.slice(1) : line;
    const flows = content.endsWith(' ') && content !== '-- ';
    if (content === '-- ' && open !== '') {
      out.push(open.trimEnd());
      open = '';
    }
    if (flows) {
      open += delSp ? content.slice(0, -1) : content;
      continue;
    }
    out.push(open + content);
    open = '';
  }
  if (open !== '') out.push(open.trimEnd());
  return out.join('\n');
}
