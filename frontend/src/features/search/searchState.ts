import type { FacetFilter } from '@/gen/cadastre/search/v1/search_pb';
import { choice, many, text, urlState } from '@/shared/urlState';

export const FACETS = ['kind', 'type', 'platform', 'domain', 'tag', 'owner', 'environment', 'classification'] as const;
export type FacetName = (typeof FACETS)[number];

export const ORDERS = ['relevance', 'name', 'updated'] as const;
// Whoever looks for what changed wants the newest first.
export const WIRE_ORDER: Record<(typeof ORDERS)[number], string> = { relevance: '', name: 'name', updated: 'updated desc' };

export const searchState = urlState({
  q: text(),
  order: choice(ORDERS),
  kind: many(),
  type: many(),
  platform: many(),
  domain: many(),
  tag: many(),
  owner: many(),
  environment: many(),
  classification: many(),
});
export type SearchState = ReturnType<typeof searchState.parse>;

export const filtersOf = (state: SearchState): Pick<FacetFilter, 'facet' | 'values'>[] =>
  FACETS.filter((facet) => state[facet].length > 0).map((facet) => ({ facet, values: state[facet] }));

export function toggle(state: SearchState, facet: FacetName, value: string): Partial<SearchState> {
  const values = state[facet];
  return { [facet]: values.includes(value) ? values.filter((other) => other !== value) : [...values, value] };
}

export const NO_FILTERS: Partial<SearchState> = Object.fromEntries(FACETS.map((facet) => [facet, [] as string[]]));
