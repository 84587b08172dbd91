// Moments in the zone of whoever they are about: a campaign's day begins at its own midnight.
import type { Timestamp } from "@bufbuild/protobuf/wkt";

const formats = new Map<string, Intl.DateTimeFormat>();

function format(zone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${zone} ${JSON.stringify(options)}`;
  let found = formats.get(key);
  if (!found) {
    try {
      found = new Intl.DateTimeFormat(undefined, { ...options, timeZone: zone || "UTC" });
    } catch {
      found = new Intl.DateTimeFormat(undefined, { ...options, timeZone: "UTC" });
    }
    formats.set(key, found);
  }
  return found;
}

/** Milliseconds since 1970 of a moment of the contract. */
export function millis(moment: Timestamp): number {
  return Number(moment.seconds) * 1000 + Math.floor(moment.nanos / 1e6);
}

/** The moment of the contract at milliseconds since 1970. */
export function moment(ms: number): { seconds: bigint; nanos: number } {
  const seconds = Math.floor(ms / 1000);
  return { seconds: BigInt(seconds), nanos: Math.round((ms - seconds * 1000) * 1e6) };
}

/** `14:03`. */
export function clock(ms: number, zone: string): string {
  return format(zone, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(ms);
}

/** `14:03:25`. */
export function clockSeconds(ms: number, zone: string): string {
  return format(zone, { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" }).format(ms);
}

/** `Nov 22, 2026`. */
export function date(ms: number, zone: string): string {
  return format(zone, { year: "numeric", month: "short", day: "numeric" }).format(ms);
}

/** `Nov 22, 14:03`. */
export function dateClock(ms: number, zone: string): string {
  return format(zone, { month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(ms);
}

/** How far the zone's clocks are ahead of UTC at a moment, in milliseconds. */
function offset(ms: number, zone: string): number {
  const fields = format(zone, {
    year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", second: "numeric",
    hourCycle: "h23", calendar: "iso8601", numberingSystem: "latn",
  } as Intl.DateTimeFormatOptions).formatToParts(ms);
  const field = (type: string) => Number(fields.find((part) => part.type === type)?.value ?? 0);
  const wall = Date.UTC(field("year"), field("month") - 1, field("day"), field("hour"), field("minute"), field("second"));
  return wall - Math.floor(ms / 1000) * 1000;
}

/** The moment of the zone's clock that shows this, counted as if it were UTC. */
function fromWall(wall: number, zone: string): number {
  // Twice, because the first guess may lie on the other side of a change of the clocks.
  const guess = wall - offset(wall, zone);
  return wall - offset(guess, zone);
}

/** The zone's day around a moment: its first moment, and the one after its last. 23 to 25 hours, as the zone makes it. */
export function dayAround(ms: number, zone: string): { start: number; end: number } {
  const wall = ms + offset(ms, zone);
  const midnight = Math.floor(wall / 86_400_000) * 86_400_000;
  return { start: fromWall(midnight, zone), end: fromWall(midnight + 86_400_000, zone) };
}

/** How much of the zone's day is over, from 0 to 1. */
export function dayShare(ms: number, zone: string): number {
  const { start, end } = dayAround(ms, zone);
  return (ms - start) / (end - start);
}

/** How long something lasted: `3 d 4 h`, `12 min`, `8 s`. */
export function lasting(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
  return hours % 24 === 0 ? `${Math.floor(hours / 24)} d` : `${Math.floor(hours / 24)} d ${hours % 24} h`;
}
