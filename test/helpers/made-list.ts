/** One patch of a series with a diff of its own. */
function patchMail(series: number, index: number, total: number): string {
  const id = `<s${series}-${index}@made.example>`;
  const refs = index === 0 ? '' : `In-Reply-To: <s${series}-0@made.example>\nReferences: <s${series}-0@made.example>\n`;
  const diff = `---\n a${index}.c | 2 +-\n 1 file changed, 1 insertion(+), 1 deletion(-)\n\ndiff --git a/a${index}.c b/a${index}.c\n--- a/a${index}.c\n+++ b/a${index}.c\n@@ -1,3 +1,3 @@\n one\n-two\n+two of ${series}\n three\n`;
  const body =
    index === 0
      ? 'About this series.\n'
      : `Because of ${series}.\n\nSigned-off-by: Ann Author <ann@made.example>\n${diff}`;
  return `${headers(series, index, 'Ann Author <ann@made.example>')}Message-ID: ${id}\n${refs}Subject: [PATCH ${index}/${total}] part ${index} of work ${series}\n\n${body}`;
}

function replyMail(series: number, index: number): string {
  const about = `<s${series}-${index}@made.example>`;
  return `${headers(series, index + 10, 'Rob Reviewer <rob@made.example>')}Message-ID: <r${series}-${index}@made.example>\nIn-Reply-To: ${about}\nReferences: ${about}\nSubject: Re: [PATCH ${index}/3] part ${index} of work ${series}\n\n> Because of ${series}.\n\nReviewed-by: Rob Reviewer <rob@made.example>\n`;
}

function headers(series: number, minute: number, from: string): string {
  const date = new Date(Date.UTC(2026, 0, 1, 0, minute) + series * 86_400_000).toUTCString().replace('GMT', '+0000');
  return `From: ${from}\nTo: dev@lists.made.example\nDate: ${date}\n`;
}

/** An mbox of `count` series of three patches with a cover and two reviews each: seven mails a series. */
export function madeMbox(count: number): string {
  const mails = Array.from({ length: count }, (_, series) => [
    ...[0, 1, 2, 3].map((index) => patchMail(series, index, 3)),
    ...[0, 2].map((index) => replyMail(series, index)),
    `${headers(series, 50, 'Una User <una@made.example>')}Message-ID: <u${series}@made.example>\nSubject: a question\n\nHow do I build it?\n`,
  ]).flat();
  return mails.map((mail) => `From x Thu Jan  1 00:00:00 2026\n${mail}\n`).join('');
}
