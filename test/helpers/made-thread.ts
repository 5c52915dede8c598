import { type MailParts, mailText, patchBody } from './mail-text.ts';
import { Random } from './random.ts';

const AUTHORS = ['Ann Author <ann@example.org>', 'Bob Builder <bob@example.org>'] as const;
const REVIEWERS = ['Rob Reviewer <rob@example.org>', 'Sue Second <sue@example.net>', ...AUTHORS] as const;
const LISTS = [
  'devel@lists.example.org',
  'other@lists.example.net',
  'devel@lists.example.org, other@lists.example.net',
] as const;
const WORDS = [
  'Acked-by: WHO',
  'Reviewed-by: WHO # arm',
  'For the series:\nReviewed-by: WHO',
  'For patches 1-2:\nAcked-by: WHO',
  'With this fixed:\nAcked-by: WHO',
  'NAK',
  'I withdraw my Acked-by.',
  'Looks good to me.',
  'Acked-by: Zoe Third <zoe@example.net>',
  'Why?',
] as const;

/** One made list of mails that have to do with each other, as wild as real ones. */
class Maker {
  readonly #random: Random;
  readonly mails: MailParts[] = [];
  readonly #name: string;
  #minute = 0;

  constructor(seed: number) {
    this.#random = new Random(seed);
    this.#name = `t${seed}`;
  }

  make(): readonly MailParts[] {
    const versions = 1 + this.#random.below(3);
    for (let version = 1; version <= versions; version += 1) this.#series(version, this.#random.pick(AUTHORS));
    if (this.#random.once(3)) this.#series(1, this.#random.pick(AUTHORS));
    for (let count = this.#random.below(12); count > 0; count -= 1) this.#reply();
    return this.mails;
  }

  /** A few of the clocks stand still, so that times collide. */
  #date(): string {
    if (!this.#random.once(4)) this.#minute += 1 + this.#random.below(90);
    return new Date(Date.UTC(2024, 5, 3, 10, this.#minute)).toUTCString().replace('GMT', '+0000');
  }

  #add(parts: Omit<MailParts, 'id' | 'date'>): string {
    const id = `${this.#name}.${this.mails.length}`;
    this.mails.push({ id, date: this.#date(), to: this.#random.pick(LISTS), ...parts });
    return id;
  }

  #series(version: number, from: string): void {
    const random = this.#random;
    const total = 1 + random.below(4);
    const tag = `[PATCH${version > 1 ? ` v${version}` : ''}`;
    const name = random.pick(['work', 'other work']);
    const threading = random.pick(['shallow', 'deep', 'none', 'flat']);
    const above = threading === 'flat' ? this.mails[0]?.id : undefined;
    let parent = above;
    if (random.once(2)) {
      const cover = this.#add({ subject: `${tag} 0/${total}] ${name}`, from, ...thread(parent) });
      parent = threading === 'none' ? undefined : (above ?? cover);
    }
    for (let index = 1; index <= total; index += 1) {
      if (random.once(8)) continue;
      const subject = `${tag}${total > 1 ? ` ${index}/${total}` : ''}] ${name} ${index}`;
      const body = patchBody(`f${index}.c`, `line ${index} of ${random.below(2)}`);
      const id = this.#add({ subject, from, body, ...thread(parent) });
      if (threading === 'deep' || (threading === 'shallow' && parent === undefined)) parent = id;
      if (random.once(10)) this.#add({ subject, from, body, ...thread(parent) });
      if (random.once(8)) this.#replace(id, subject, from, index);
    }
  }

  /** Another form of one patch: `v2.1 2/3`, or whole in a reply. */
  #replace(id: string, subject: string, from: string, index: number): void {
    const again = this.#random.once(2)
      ? subject.replace(/\[PATCH(?: v(\d))?/, (_, version?: string) => `[PATCH v${version ?? 1}.1`)
      : `Re: ${subject}`;
    this.#add({ subject: again, from, body: patchBody(`f${index}.c`, `line ${index} anew`), replyTo: id });
  }

  #reply(): void {
    const random = this.#random;
    const about = this.mails[random.below(this.mails.length)];
    if (about === undefined) return;
    const from = random.pick(REVIEWERS);
    const body = `${random.pick(WORDS).replace('WHO', from)}\n`;
    const subject = `Re: ${about.subject.replace(/^Re: /, '')}`;
    const parent = random.pick([about.id, about.id, about.id, 'lost', undefined]);
    this.#add({ subject, from, body, to: about.from ?? LISTS[0], ...thread(parent) });
  }
}

function thread(parent: string | undefined): { replyTo?: string } {
  return parent === undefined ? {} : { replyTo: parent };
}

/**
 * The mails of a thread that is made from a seed: versions by two authors, covers, any threading, holes, repeated patches, replacements,
 * replies of all kinds, some to mails that never came, to one list or two.
 */
export function madeThread(seed: number): Buffer[] {
  return new Maker(seed).make().map(mailText);
}

/** The same with second copies of some mails, as a list's footer and a direct copy make them. */
export function madeThreadWithCopies(seed: number): Buffer[] {
  const random = new Random(seed);
  return new Maker(seed).make().flatMap((parts) => {
    const raw = mailText(parts);
    if (!random.once(4)) return [raw];
    const headers = `${parts.headers ?? ''}List-Id: <devel.lists.example.org>\n`;
    const body = `${String(parts.body ?? '')}\n_______________\ndevel mailing list\n`;
    return [raw, mailText({ ...parts, headers, body })];
  });
}
