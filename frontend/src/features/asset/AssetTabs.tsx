import { Link, useMatches } from '@tanstack/react-router';
import { useMessages } from '@/messages/context';
import { asOfState, ASSET_TABS, assetParams, assetRoute } from '@/shared/paths';
import { useAssetPage } from '@/shared/useAssetPage';
import classes from './AssetTabs.module.css';

// Tabs are links: each has an address, and only jobs have runs.
export function AssetTabs({ kind }: { kind: string }) {
  const { m } = useMessages();
  const { ref, time } = useAssetPage();
  // By route, not by address: `:` and `%3A` are the same name written in two ways.
  const matches: { fullPath: string }[] = useMatches();
  const here = (matches.at(-1)?.fullPath ?? '').replace(/\/$/, '');
  return (
    <nav className={classes.tabs} aria-label={m.asset.tabs}>
      {ASSET_TABS.filter((tab) => (kind === 'job' ? tab !== 'schema' : tab !== 'runs')).map((tab) => (
        <Link
          key={tab}
          to={assetRoute(tab)}
          params={assetParams(ref)}
          search={asOfState.format(time)}
          className={classes.tab}
          data-here={here === assetRoute(tab)}
          aria-current={here === assetRoute(tab) ? 'page' : undefined}
        >
          {m.asset[tab]}
        </Link>
      ))}
    </nav>
  );
}
