// Numbers and times as people of a language read them.
import type { Language } from '@/messages/context';

const LOCALES: Record<Language, string> = { en: 'en-GB', ko: 'ko-KR' };

export const formatDateTime = (date: Date, language: Language): string =>
  date.toLocaleString(LOCALES[language], { year: 'numeric', month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit' });

export const formatDate = (date: Date, language: Language): string =>
  date.toLocaleDateString(LOCALES[language], { year: 'numeric', month: 'short', day: 'numeric' });

const STEPS: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 365 * 86_400],
  ['month', 30 * 86_400],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
];

export function formatAgo(date: Date, language: Language, now: Date = new Date()): string {
  const seconds = (date.getTime() - now.getTime()) / 1000;
  const format = new Intl.RelativeTimeFormat(LOCALES[language], { numeric: 'auto' });
  for (const [unit, length] of STEPS) {
    if (Math.abs(seconds) >= length) return format.format(Math.trunc(seconds / length), unit);
  }
  return format.format(Math.trunc(seconds), 'second');
}

// The two largest units that say something: `29 min`, `1 h 4 min`, `3.2 s`.
export function formatDuration(ms: number, language: Language): string {
  const unit = (value: number, name: string) =>
    new Intl.NumberFormat(LOCALES[language], { style: 'unit', unit: name, unitDisplay: 'short', maximumFractionDigits: 1 }).format(value);
  const pair = (large: number, largeName: string, small: number, smallName: string) =>
    small === 0 ? unit(large, largeName) : `${unit(large, largeName)} ${unit(small, smallName)}`;
  if (ms < 1000) return unit(Math.round(ms), 'millisecond');
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return unit(ms / 1000, 'second');
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return pair(minutes, 'minute', seconds % 60, 'second');
  return pair(Math.floor(minutes / 60), 'hour', minutes % 60, 'minute');
}

export const formatCount = (value: number | bigint, language: Language): string => value.toLocaleString(LOCALES[language]);

export function formatBytes(value: number | bigint): string {
  let size = Number(value);
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
  let unit = 0;
  while (size >= 1024 && unit < units.length - 1) {
    size /= 1024;
    unit += 1;
  }
  return `${unit === 0 ? size : size.toFixed(1)} ${units[unit] ?? ''}`;
}
