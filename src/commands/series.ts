import { openBot } from '../bot.ts';
import { listing } from '../report/listing.ts';
import { colours, plain } from '../report/paint.ts';
import { type SeriesFacts, seriesView } from '../report/view.ts';
import { factsOfAll } from '../store/facts.ts';
import { listSeries, type SeriesQuery } from '../store/series.ts';
import { PatchloomError } from '../util/errors.ts';
import { silentLog } from '../util/log.ts';
import { type Command, print, say } from './command.ts';

const PAGE = 500;
/** People read a screen or two; programs want everything. */
const SHOWN = 50;
const STATES = ['held', 'complete', 'superseded'] as const;

/** `patchloom series`: newest first. Words search; `state:held` and `author:name` narrow. */
export const seriesCommand: Command = {
  name: 'series',
  usage: '[QUERY] [--all]',
  summary: 'list series, newest first; QUERY is words, state:held|complete|superseded, author:NAME',
  options: { all: { type: 'boolean' } },
  words: [0, Number.POSITIVE_INFINITY],
  async run(invocation) {
    const { terminal, json } = invocation;
    await using bot = await openBot(invocation.config(), { log: silentLog, readonly: true });
    const query = queryOf(invocation.words, invocation.project);
    const limit = json || invocation.options['all'] === true ? Number.POSITIVE_INFINITY : SHOWN;
    const shown: SeriesFacts[] = [];
    let before: SeriesQuery['before'];
    for (let count = 0; count < limit; ) {
      const page = await listSeries(bot.store.db, {
        ...query,
        limit: Math.min(PAGE, limit - count),
        ...(before ? { before } : {}),
      });
      for (const facts of await factsOfAll(bot.store.db, page)) {
        if (json) print(terminal, JSON.stringify(seriesView(facts)));
        else shown.push(facts);
      }
      count += page.length;
      before = page.at(-1)?.series;
      if (before === undefined || page.length < PAGE) break;
    }
    if (json) return 0;
    terminal.stdout.write(listing(shown, bot.clock.now(), terminal.colour ? colours : plain));
    if (shown.length === limit) say(invocation, `the newest ${SHOWN}; --all shows every one`);
    return 0;
  },
};

/** @throws PatchloomError USAGE */
function queryOf(words: readonly string[], project: string | null): Omit<SeriesQuery, 'limit'> {
  let state: (typeof STATES)[number] | undefined;
  let author: string | undefined;
  const text: string[] = [];
  for (const word of words.flatMap((one) => one.split(/\s+/))) {
    if (word.startsWith('state:')) state = STATES.find((one) => one === word.slice(6)) ?? unknownState(word.slice(6));
    else if (word.startsWith('author:')) author = word.slice(7);
    else text.push(word);
  }
  return {
    ...(project === null ? {} : { project }),
    ...(state === undefined ? {} : { state }),
    ...(author === undefined ? {} : { author }),
    text: text.join(' '),
  };
}

function unknownState(state: string): never {
  throw new PatchloomError('USAGE', `series: there is no state "${state}"; there are ${STATES.join(', ')}`);
}
