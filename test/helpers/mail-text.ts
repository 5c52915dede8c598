/** Headers of a mail for a test; what is left out gets a plain default. */
export interface MailParts {
  /** Left part of the Message-ID: `<id@example.org>`. */
  readonly id: string;
  readonly subject: string;
  readonly from?: string;
  readonly to?: string;
  /** RFC 5322. */
  readonly date?: string;
  /** Left part of the parent's Message-ID. */
  readonly replyTo?: string;
  /** Further header lines, each with its line end. */
  readonly headers?: string;
  readonly body?: string | Buffer;
}

/** `id` as it stands in headers. */
export function msgid(id: string): string {
  return `<${id}@example.org>`;
}

/** The raw bytes of a mail as git send-email would write them: 8bit, UTF-8, LF. */
export function mailText(parts: MailParts): Buffer {
  const { id, subject, from = 'Ann Author <ann@example.org>', to = 'devel@lists.example.org' } = parts;
  const { date = 'Mon, 3 Jun 2024 10:00:00 +0200', replyTo, headers = '', body = '' } = parts;
  const thread = replyTo === undefined ? '' : `In-Reply-To: ${msgid(replyTo)}\nReferences: ${msgid(replyTo)}\n`;
  const type = /^content-type:/im.test(headers)
    ? ''
    : 'MIME-Version: 1.0\nContent-Type: text/plain; charset=UTF-8\nContent-Transfer-Encoding: 8bit\n';
  const head = `From: ${from}\nTo: ${to}\nSubject: ${subject}\nDate: ${date}\nMessage-ID: ${msgid(id)}\n${thread}${type}${headers}\n`;
  return Buffer.concat([Buffer.from(head), Buffer.from(body)]);
}

/** A body of git format-patch that adds one line to `path`. */
export function patchBody(
  path: string,
  line: string,
  message = `Say why.\n\nSigned-off-by: Ann Author <ann@example.org>`,
): string {
  return `${message}
---
 ${path} | 1 +
 1 file changed, 1 insertion(+)

diff --git a/${path} b/${path}
index 1111111..2222222 100644
--- a/${path}
+++ b/${path}
@@ -1,2 +1,3 @@
 one
+${line}
 two
-- 
2.39.2
`;
}
