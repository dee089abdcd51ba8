// Moments on the wire, in addresses and on the page.
import type { Timestamp } from '@bufbuild/protobuf/wkt';
import { timestampDate, timestampFromDate } from '@bufbuild/protobuf/wkt';
import type { MessageInitShape } from '@bufbuild/protobuf';
import type { AsOfSchema } from '@/gen/cadastre/catalog/v1/asset_pb';

export const toDate = (timestamp: Timestamp | undefined): Date | undefined =>
  timestamp === undefined ? undefined : timestampDate(timestamp);

// Absent where the text is no moment.
export function momentOf(iso: string): Date | undefined {
  if (iso === '') return undefined;
  const date = new Date(iso);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

export const timestampOf = (iso: string): Timestamp | undefined => {
  const date = momentOf(iso);
  return date === undefined ? undefined : timestampFromDate(date);
};

// The two coordinates of time; undefined means now.
export function asOf(heldAt: string, knownAt: string): MessageInitShape<typeof AsOfSchema> | undefined {
  const held = timestampOf(heldAt);
  const known = timestampOf(knownAt);
  if (held === undefined && known === undefined) return undefined;
  return {
    ...(held === undefined ? {} : { heldAt: held }),
    ...(known === undefined ? {} : { known: { case: 'knownAt', value: known } as const }),
  };
}
