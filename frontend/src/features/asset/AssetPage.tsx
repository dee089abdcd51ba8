import { Outlet } from '@tanstack/react-router';
import { assetProblemOf } from '@/api/problem';
import { shortName } from '@/api/assetRef';
import { LoadingRows } from '@/shared/LoadingRows';
import { Page } from '@/shared/Page';
import { ProblemPanel } from '@/shared/StatePanel';
import { AsOfBar } from './AsOfBar';
import { AssetHeader } from './AssetHeader';
import { AssetTabs } from './AssetTabs';
import { useAsset } from '@/shared/useAsset';

export function AssetPage() {
  const { ref, asset, query, time, setTime } = useAsset();
  return (
    <Page title={shortName(ref.name)}>
      {query.isPending ? (
        <LoadingRows rows={4} height={72} />
      ) : query.isError || asset === undefined ? (
        <>
          {(time.held !== '' || time.known !== '') && <AsOfBar time={time} onChange={setTime} />}
          <ProblemPanel whole problem={query.isError ? assetProblemOf(query.error) : { kind: 'missing', detail: '' }} onRetry={() => void query.refetch()} />
        </>
      ) : (
        <>
          <AssetHeader asset={asset} time={time} onTime={setTime} />
          <AssetTabs kind={ref.kind} />
          <Outlet />
        </>
      )}
    </Page>
  );
}
