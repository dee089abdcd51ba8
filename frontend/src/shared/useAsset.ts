import { useQuery } from '@connectrpc/connect-query';
import { CatalogService } from '@/gen/cadastre/catalog/v1/catalog_pb';
import { useAssetPage } from './useAssetPage';

// The asset of the page; every tab that asks shares one answer.
export function useAsset() {
  const page = useAssetPage();
  const query = useQuery(CatalogService.method.getAsset, {
    asset: page.ref,
    includeDeleted: true,
    ...(page.asOf === undefined ? {} : { asOf: page.asOf }),
  });
  return { ...page, query, asset: query.data?.asset };
}
