// The one list of pages: routes and the menu are both made from it.
import { IconSearch, IconShieldSearch, type TablerIcon } from '@tabler/icons-react';
import type { ComponentType } from 'react';
import { Privilege } from '@/gen/cadastre/privilege/v1/privilege_pb';
import type { Catalogue } from '@/messages/en';
import { ASSET_PATH } from '@/shared/paths';

type Load = () => Promise<{ default: ComponentType }>;

export interface PageEntry {
  path: string;
  load: Load;
  // `needs`: shown only to who holds this privilege somewhere; the page itself still answers for whoever opens it.
  menu?: { label: (m: Catalogue) => string; icon: TablerIcon; needs?: Privilege };
  tabs?: { path: string; load: Load }[];
}

export const PAGES: readonly PageEntry[] = [
  {
    path: '/',
    load: () => import('@/features/search/SearchPage').then((file) => ({ default: file.SearchPage })),
    menu: { label: (m) => m.nav.search, icon: IconSearch },
  },
  {
    path: ASSET_PATH,
    load: () => import('@/features/asset/AssetPage').then((file) => ({ default: file.AssetPage })),
    tabs: [
      { path: '/', load: () => import('@/features/asset/OverviewTab').then((file) => ({ default: file.OverviewTab })) },
      { path: 'schema', load: () => import('@/features/asset/SchemaTab').then((file) => ({ default: file.SchemaTab })) },
      { path: 'runs', load: () => import('@/features/runs/RunsTab').then((file) => ({ default: file.RunsTab })) },
      { path: 'lineage', load: () => import('@/features/lineage/LineageTab').then((file) => ({ default: file.LineageTab })) },
      { path: 'history', load: () => import('@/features/history/HistoryTab').then((file) => ({ default: file.HistoryTab })) },
    ],
  },
  {
    path: '/audit',
    load: () => import('@/features/audit/AuditPage').then((file) => ({ default: file.AuditPage })),
    menu: { label: (m) => m.nav.audit, icon: IconShieldSearch, needs: Privilege.AUDIT },
  },
];
