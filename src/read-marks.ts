/**
 * How far a source was read, counted by what is stored: a source gives its mails before they are kept, so that what it says of itself
 * is true only once as many mails are stored as it had given by then.
 */
export interface ReadMarks {
  /** Reading begins (again): what was given before and not stored will come again. */
  begin(): void;
  /** A mail was given. */
  given(): void;
  /** So many mails were stored, in the order in which they were given. */
  stored(count: number): void;
  /** The source has given all that had come by this time, epoch ms. */
  mark(at: number): void;
}

/** @param reached is told each time that is known to be stored up to, epoch ms */
export function readMarks(reached: (at: number) => void): ReadMarks {
  let [given, stored] = [0, 0];
  let marks: { readonly given: number; readonly at: number }[] = [];
  const settle = (): void => {
    const last = marks.findLast((mark) => mark.given <= stored);
    if (last === undefined) return;
    marks = marks.filter((mark) => mark.given > stored);
    reached(last.at);
  };
  return {
    begin: () => {
      [given, stored, marks] = [0, 0, []];
    },
    given: () => {
      given += 1;
    },
    stored: (count) => {
      stored += count;
      settle();
    },
    mark: (at) => {
      marks = [...marks.filter((mark) => mark.given < given), { given, at }];
      settle();
    },
  };
}
