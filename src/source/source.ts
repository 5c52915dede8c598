export type { RawMail, Source } from './raw-mail.ts';
