// Where pages live. Features link to one another only through these.
import { fromSegment, type Ref, toSegment } from '@/api/assetRef';
import { formatQuery, moment, type RawSearch, urlState } from './urlState';

export const ASSET_PATH = '/asset/$kind/$namespace/$name';
export const ASSET_TABS = ['overview', 'schema', 'runs', 'lineage', 'history'] as const;
export type AssetTab = (typeof ASSET_TABS)[number];

// Every part of an asset's page shares the two coordinates of time.
export const asOfState = urlState({ held: moment(), known: moment() });

export const assetParams = (ref: Ref) => ({
  kind: toSegment(ref.kind),
  namespace: toSegment(ref.namespace),
  name: toSegment(ref.name),
});

export const refOfParams = (params: Record<string, string | undefined>): Ref => ({
  kind: fromSegment(params.kind ?? ''),
  namespace: fromSegment(params.namespace ?? ''),
  name: fromSegment(params.name ?? ''),
});

export const assetRoute = (tab: AssetTab) => (tab === 'overview' ? ASSET_PATH : `${ASSET_PATH}/${tab}`);

// For places that need a plain address instead of a link.
export function assetHref(ref: Ref, tab: AssetTab = 'overview', search: RawSearch = {}): string {
  const params = assetParams(ref);
  const path = [params.kind, params.namespace, params.name].map(encodeURIComponent).join('/');
  return `/asset/${path}${tab === 'overview' ? '' : `/${tab}`}${formatQuery(search)}`;
}
