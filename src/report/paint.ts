/** What a colour is to say. */
export type Meaning = 'good' | 'bad' | 'warning' | 'quiet' | 'strong';

/** Colours a text, or leaves it as it is. */
export type Paint = (meaning: Meaning, text: string) => string;

/** No colour: for files, pipes and people who asked for none. */
export const plain: Paint = (_meaning, text) => text;

const CODES: Readonly<Record<Meaning, number>> = { good: 32, bad: 31, warning: 33, quiet: 2, strong: 1 };

/** The colours of a terminal (ECMA-48 SGR). */
export const colours: Paint = (meaning, text) => `\u001b[${CODES[meaning]}m${text}\u001b[0m`;
