import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { plainRef, type Ref, refText, shortName } from '@/api/assetRef';
import type { AssetRef } from '@/gen/cadastre/catalog/v1/asset_pb';
import classes from './AssetLink.module.css';
import { KindIcon } from './icons';
import { assetParams, assetRoute, type AssetTab } from './paths';
import type { RawSearch } from './urlState';

interface AssetLinkProps {
  asset: AssetRef | Ref | undefined;
  tab?: AssetTab;
  search?: RawSearch;
  icon?: boolean;
  children?: ReactNode;
}

export function AssetLink({ asset, tab = 'overview', search = {}, icon = false, children }: AssetLinkProps) {
  const ref = plainRef(asset);
  return (
    <Link className={classes.link} to={assetRoute(tab)} params={assetParams(ref)} search={search} title={refText(ref)}>
      {icon && <KindIcon kind={ref.kind} size={20} />}
      <span>{children ?? shortName(ref.name)}</span>
    </Link>
  );
}
