/** Header lines (an object's order) and a body as one raw mail; defaults for what every mail has. */
export function rawMail(headers: Readonly<Record<string, string | null>>, body = 'text\n'): Buffer {
  const all: Record<string, string | null> = {
    'Message-ID': '<m1@example.org>',
    Date: 'Fri, 28 Jun 2024 15:31:13 +0100',
    From: 'Ann Author <ann@example.org>',
    To: 'dev@lists.example.org',
    Subject: '[PATCH] x: fix',
    ...headers,
  };
  const lines = Object.entries(all).flatMap(([name, value]) => (value === null ? [] : [`${name}: ${value}`]));
  return Buffer.from(`${lines.join('\n')}\n\n${body}`);
}
