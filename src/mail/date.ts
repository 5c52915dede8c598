/** A point in time with the zone that its writer used. */
export interface ZonedTime {
  /** Epoch milliseconds. */
  readonly epoch: number;
  /** ISO 8601 with the writer's zone, e.g. `2024-06-28T15:31:13+01:00`. */
  readonly iso: string;
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
/** RFC 5322 §4.3; other names mean -0000. */
const ZONES: Readonly<Record<string, number>> = {
  ut: 0,
  utc: 0,
  gmt: 0,
  z: 0,
  est: -300,
  edt: -240,
  cst: -360,
  cdt: -300,
  mst: -420,
  mdt: -360,
  pst: -480,
  pdt: -420,
};
const DATE =
  /^(?:[A-Za-z]{3,9},? ?)?(\d{1,2})[ -]([A-Za-z]{3})[a-z]{0,6}[ -](\d{2,4}) (\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d{1,9})?)? ?(?:([+-])(\d{2}):?(\d{2})|([A-Za-z]{1,5}))?/;
const LONGEST = 128;

/**
 * Reads the Date of RFC 5322 §3.3 and its obsolete forms (two-digit years, zone names, no seconds).
 * @returns null where it is not one, or names a day that does not exist.
 */
export function parseMailDate(value: string): ZonedTime | null {
  const match = DATE.exec(value.slice(0, LONGEST).replace(/\s+/g, ' ').trim());
  if (match === null) return null;
  const [
    ,
    day = '',
    monthName = '',
    yearText = '',
    hour = '',
    minute = '',
    second = '0',
    sign,
    zoneHours = '0',
    zoneMinutes = '0',
    zoneName = '',
  ] = match;
  const month = MONTHS.indexOf(monthName.toLowerCase());
  const year = fullYear(yearText);
  if (month < 0 || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 60) return null;
  const local = Date.UTC(year, month, Number(day), Number(hour), Number(minute), Number(second));
  if (new Date(Date.UTC(year, month, Number(day))).getUTCDate() !== Number(day)) return null;
  const zone =
    sign === undefined
      ? (ZONES[zoneName.toLowerCase()] ?? 0)
      : (sign === '-' ? -1 : 1) * (Number(zoneHours) * 60 + Number(zoneMinutes));
  if (Math.abs(zone) > 16 * 60 || year < 1970 || year > 9999) return null;
  const epoch = local - zone * 60_000;
  return { epoch, iso: isoWithZone(epoch, zone) };
}

/** ISO 8601 to the second with a numeric zone; `zone` in minutes east of UTC. */
export function isoWithZone(epoch: number, zone: number): string {
  const local = new Date(epoch + zone * 60_000).toISOString().slice(0, 19);
  const size = Math.abs(zone);
  const digits = (value: number): string => String(value).padStart(2, '0');
  return `${local}${zone < 0 ? '-' : '+'}${digits(Math.floor(size / 60))}:${digits(size % 60)}`;
}

/** RFC 5322 §4.3: two digits below 50 are 20xx, other short years count from 1900. */
function fullYear(text: string): number {
  const year = Number(text);
  if (text.length === 4) return year;
  return text.length === 2 && year < 50 ? 2000 + year : 1900 + year;
}
