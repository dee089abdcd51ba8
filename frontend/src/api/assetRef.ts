// Names of assets, as text and as parts of an address.
import type { AssetRef } from '@/gen/cadastre/catalog/v1/asset_pb';

export interface Ref {
  kind: string;
  namespace: string;
  name: string;
}

export const KINDS = [
  'dataset',
  'job',
  'dashboard',
  'chart',
  'model',
  'feature',
  'container',
  'glossary_term',
  'domain',
  'data_product',
] as const;
export type Kind = (typeof KINDS)[number];

export const isKind = (kind: string): kind is Kind => (KINDS as readonly string[]).includes(kind);

export const plainRef = (ref: AssetRef | Ref | undefined): Ref => ({
  kind: ref?.kind ?? '',
  namespace: ref?.namespace ?? '',
  name: ref?.name ?? '',
});

// `dataset:postgres://db:5432#shop.public.orders`: split at the first `:` and the first `#`.
export const refText = (ref: Ref): string =>
  `${ref.kind}:${ref.namespace.replaceAll('%', '%25').replaceAll('#', '%23')}#${ref.name}`;

export function parseRefText(text: string): Ref | undefined {
  const colon = text.indexOf(':');
  const hash = text.indexOf('#');
  if (colon < 1 || hash < colon || hash === text.length - 1) return undefined;
  const namespace = text.slice(colon + 1, hash).replaceAll('%23', '#').replaceAll('%25', '%');
  return { kind: text.slice(0, colon), namespace, name: text.slice(hash + 1) };
}

// A name as one segment of a path. Proxies fold `%2F`, `//`, `.` and `..`, so those characters never stand in the
// segment: each is written `~` and two hex digits, and an empty name is a single `~`.
// eslint-disable-next-line no-control-regex -- control characters are what must not pass
const UNSAFE = /[\u0000-\u0020"#%/<>?[\\\]^`{|}~\u007f]|^\.+$/g;

export function toSegment(text: string): string {
  if (text === '') return '~';
  return text.replace(UNSAFE, (run) =>
    [...run].map((char) => `~${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`).join(''),
  );
}

export function fromSegment(segment: string): string {
  if (segment === '~') return '';
  return segment.replace(/~([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

// What people read first: the last part of a dotted or slashed name.
export function shortName(name: string): string {
  const parts = name.split(/[./]/).filter((part) => part !== '');
  return parts.at(-1) ?? name;
}
