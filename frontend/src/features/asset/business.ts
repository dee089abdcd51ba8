import type { AspectCase } from '@/shared/aspects/fields';
import type { Aspect, Certification, Deprecation } from '@/gen/cadastre/catalog/v1/aspects_pb';
import type { Asset, AspectValue } from '@/gen/cadastre/catalog/v1/catalog_pb';

export const find = (values: readonly AspectValue[], kind: AspectCase): AspectValue | undefined =>
  values.find((each) => each.aspect?.value.case === kind);

const valueOf = (aspect: Aspect | undefined, kind: AspectCase): unknown =>
  aspect?.value.case === kind ? aspect.value.value : undefined;

// What the header says about trust.
export const businessOf = (asset: Asset) => ({
  certification: valueOf(find(asset.business, 'certification')?.aspect, 'certification') as Certification | undefined,
  deprecation: valueOf(find(asset.business, 'deprecation')?.aspect, 'deprecation') as Deprecation | undefined,
});
