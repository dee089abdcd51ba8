// A page's state as query parameters: what is default is left out, what is malformed falls back to the default.
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback, useMemo } from 'react';

export type RawSearch = Record<string, string | string[]>;

interface Field<T> {
  read: (raw: string | string[] | undefined) => T;
  write: (value: T) => string | string[] | undefined;
}

const first = (raw: string | string[] | undefined): string | undefined => (Array.isArray(raw) ? raw[0] : raw);

export const text = (maxLength = 1024): Field<string> => ({
  read: (raw) => (first(raw) ?? '').slice(0, maxLength),
  write: (value) => (value === '' ? undefined : value),
});

export const choice = <T extends string>(values: readonly [T, ...T[]]): Field<T> => ({
  read: (raw) => values.find((value) => value === first(raw)) ?? values[0],
  write: (value) => (value === values[0] ? undefined : value),
});

export const whole = (min: number, max: number, fallback: number): Field<number> => ({
  read: (raw) => {
    const value = Number(first(raw));
    return first(raw) !== undefined && Number.isInteger(value) && value >= min && value <= max ? value : fallback;
  },
  write: (value) => (value === fallback ? undefined : String(value)),
});

export const flag = (): Field<boolean> => ({
  read: (raw) => first(raw) === '1',
  write: (value) => (value ? '1' : undefined),
});

export const many = (max = 50): Field<string[]> => ({
  read: (raw) => [...new Set(raw === undefined ? [] : Array.isArray(raw) ? raw : [raw])].filter((v) => v !== '').slice(0, max),
  write: (values) => (values.length === 0 ? undefined : values),
});

// A moment, kept as ISO 8601 in UTC.
export const moment = (): Field<string> => ({
  read: (raw) => {
    const date = new Date(first(raw) ?? '');
    return Number.isNaN(date.getTime()) ? '' : date.toISOString();
  },
  write: (value) => (value === '' ? undefined : value),
});

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- a field of any type; T is recovered below
type Fields = Record<string, Field<any>>;
type StateOf<F extends Fields> = { [K in keyof F]: F[K] extends Field<infer T> ? T : never };

export interface UrlState<T> {
  parse: (raw: Record<string, unknown>) => T;
  format: (state: T) => RawSearch;
}

const asRaw = (value: unknown): string | string[] | undefined =>
  typeof value === 'string' || (Array.isArray(value) && value.every((item) => typeof item === 'string'))
    ? (value)
    : undefined;

export function urlState<F extends Fields>(fields: F): UrlState<StateOf<F>> {
  return {
    parse: (raw) =>
      Object.fromEntries(Object.entries(fields).map(([key, field]) => [key, field.read(asRaw(raw[key])) as unknown])) as StateOf<F>,
    format: (state) => {
      const raw: RawSearch = {};
      for (const [key, field] of Object.entries(fields)) {
        const written = field.write(state[key]);
        if (written !== undefined) raw[key] = written;
      }
      return raw;
    },
  };
}

// The router's own text form of the query parameters: plain, so that people can read and write them.
export function parseQuery(query: string): RawSearch {
  const raw: RawSearch = {};
  for (const [key, value] of new URLSearchParams(query)) {
    const before = raw[key];
    raw[key] = before === undefined ? value : [...(Array.isArray(before) ? before : [before]), value];
  }
  return raw;
}

export function formatQuery(raw: Record<string, unknown>): string {
  const params = new URLSearchParams();
  for (const [key, value] of Object.entries(raw)) {
    for (const item of Array.isArray(value) ? (value as unknown[]) : [value]) {
      if (typeof item === 'string') params.append(key, item);
    }
  }
  const query = params.toString();
  return query === '' ? '' : `?${query}`;
}

// The state of the page shown, and a way to change part of it. `replace` leaves no step in the history.
export function useUrlState<T>(codec: UrlState<T>): [T, (change: Partial<T>, how?: { replace?: boolean }) => void] {
  const raw: Record<string, unknown> = useSearch({ strict: false });
  const navigate = useNavigate();
  const state = useMemo(() => codec.parse(raw), [codec, raw]);
  const update = useCallback(
    (change: Partial<T>, how: { replace?: boolean } = {}) => {
      void navigate({
        to: '.',
        // Parameters of other codecs on the same page stay.
        search: ((before: Record<string, unknown>) => {
          const owned = new Set(Object.keys(codec.parse({}) as object));
          const others = Object.fromEntries(Object.entries(before).filter(([key]) => !owned.has(key)));
          return { ...others, ...codec.format({ ...codec.parse(before), ...change }) };
        }),
        replace: how.replace ?? false,
        resetScroll: false,
      });
    },
    [codec, navigate],
  );
  return [state, update];
}
