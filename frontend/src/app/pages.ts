// The one list of pages: routes and the menu are both made from it.
import { IconSearch, type TablerIcon } from '@tabler/icons-react';
import type { ComponentType } from 'react';
import type { Catalogue } from '@/messages/en';

type Load = () => Promise<{ default: ComponentType }>;

export interface PageEntry {
  path: string;
  load: Load;
  menu?: { label: (m: Catalogue) => string; icon: TablerIcon };
  tabs?: { path: string; load: Load }[];
}

export const PAGES: readonly PageEntry[] = [
  {
    path: '/',
    load: () => import('@/features/search/SearchPage').then((file) => ({ default: file.SearchPage })),
    menu: { label: (m) => m.nav.search, icon: IconSearch },
  },
];
