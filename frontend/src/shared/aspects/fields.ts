// Any message of the contract as labelled text, so that an aspect without a view of its own is still readable.
import type { DescField, DescMessage, Message } from '@bufbuild/protobuf';
import { FeatureSet_FieldPresence, type Timestamp } from '@bufbuild/protobuf/wkt';
import { plainRef, type Ref } from '@/api/assetRef';
import { toDate } from '@/api/time';
import type { AssetRef } from '@/gen/cadastre/catalog/v1/asset_pb';
import { type Aspect, AspectSchema } from '@/gen/cadastre/catalog/v1/aspects_pb';
import { AspectKind } from '@/gen/cadastre/catalog/v1/catalog_pb';

export type Shown =
  | { is: 'text'; text: string }
  | { is: 'number'; value: number | bigint }
  | { is: 'flag'; value: boolean }
  | { is: 'moment'; at: Timestamp }
  | { is: 'asset'; ref: Ref }
  | { is: 'rows'; rows: ShownField[] }
  | { is: 'list'; items: Shown[] };

export interface ShownField {
  name: string;
  value: Shown;
}

// A field's name in the contract -> what people read.
export type FieldWord = (name: string) => string;

export type AspectCase = NonNullable<Aspect['value']['case']>;

export const isAspectCase = (name: string): name is AspectCase => AspectSchema.fields.some((field) => field.localName === name);

// An AspectKind has the number of the field in Aspect.value.
export const aspectCaseOf = (kind: AspectKind): AspectCase | undefined => {
  const number: number = kind;
  const found = AspectSchema.fields.find((field) => field.number === number)?.localName ?? '';
  return isAspectCase(found) ? found : undefined;
};

// Its kind, as requests name it; none for no aspect.
export const kindsOf = (aspect: Aspect | undefined): AspectKind[] =>
  Object.values(AspectKind).filter((kind): kind is AspectKind => typeof kind !== 'string' && aspect?.value.case !== undefined && aspectCaseOf(kind) === aspect.value.case);

const utf8 = new TextDecoder();

function showScalar(value: unknown): Shown | undefined {
  if (value instanceof Uint8Array) return value.length === 0 ? undefined : { is: 'text', text: utf8.decode(value) };
  if (typeof value === 'string') return value === '' ? undefined : { is: 'text', text: value };
  if (typeof value === 'boolean') return { is: 'flag', value };
  if (typeof value === 'number' || typeof value === 'bigint') return { is: 'number', value };
  return undefined;
}

function showMessage(desc: DescMessage, value: Message, word: FieldWord): Shown | undefined {
  if (desc.typeName === 'google.protobuf.Timestamp') {
    return toDate(value as Timestamp) === undefined ? undefined : { is: 'moment', at: value as Timestamp };
  }
  if (desc.typeName === 'cadastre.catalog.v1.AssetRef') return { is: 'asset', ref: plainRef(value as AssetRef) };
  const rows = fieldsOf(desc, value, word);
  return rows.length === 0 ? undefined : { is: 'rows', rows };
}

// An unset scalar without presence equals its default and says nothing.
function silent(field: DescField, value: unknown): boolean {
  return field.fieldKind === 'scalar' && field.presence === FeatureSet_FieldPresence.IMPLICIT && (value === false || value === 0 || value === 0n);
}

function showField(field: DescField, value: unknown, word: FieldWord): Shown | undefined {
  if (value === undefined || silent(field, value)) return undefined;
  switch (field.fieldKind) {
    case 'scalar':
      return showScalar(value);
    case 'enum':
      return { is: 'text', text: field.enum.values.find((each) => each.number === value)?.name ?? '' };
    case 'message':
      return showMessage(field.message, value as Message, word);
    case 'list': {
      const items = (value as unknown[]).flatMap((item) => {
        const shown = field.listKind === 'message' ? showMessage(field.message, item as Message, word) : showScalar(item);
        return shown === undefined ? [] : [shown];
      });
      return items.length === 0 ? undefined : { is: 'list', items };
    }
    case 'map': {
      const rows = Object.entries(value as Record<string, unknown>).flatMap(([name, item]) => {
        const shown = field.mapKind === 'message' ? showMessage(field.message, item as Message, word) : showScalar(item);
        return shown === undefined ? [] : [{ name, value: shown }];
      });
      return rows.length === 0 ? undefined : { is: 'rows', rows };
    }
  }
}

export function fieldsOf(desc: DescMessage, message: Message, word: FieldWord): ShownField[] {
  const values = message as unknown as Record<string, unknown>;
  return desc.fields.flatMap((field) => {
    const value = showField(field, values[field.localName], word);
    return value === undefined ? [] : [{ name: word(field.name), value }];
  });
}

export function fieldsOfAspect(aspect: Aspect, word: FieldWord): ShownField[] {
  const desc = AspectSchema.fields.find((field) => field.localName === aspect.value.case)?.message;
  return desc === undefined || aspect.value.value === undefined ? [] : fieldsOf(desc, aspect.value.value, word);
}
