import { create } from '@bufbuild/protobuf';
import { describe, expect, it } from 'vitest';
import { AspectSchema } from '@/gen/cadastre/catalog/v1/aspects_pb';
import { AspectKind } from '@/gen/cadastre/catalog/v1/catalog_pb';
import { kindsOf } from '@/shared/aspects/fields';

describe('a value that was left out', () => {
  it('is asked for by the kind it has', () => {
    const documentation = create(AspectSchema, { value: { case: 'documentation', value: { text: '' } } });
    expect(kindsOf(documentation)).toEqual([AspectKind.DOCUMENTATION]);
    expect(kindsOf(create(AspectSchema))).toEqual([]);
    expect(kindsOf(undefined)).toEqual([]);
  });
});
