import type { MessageInitShape } from '@bufbuild/protobuf';
import { type FacetFilter, HighlightField, type HitSchema, type SearchRequest, type SearchResponseSchema, type SuggestRequest, type SuggestResponseSchema } from '@/gen/cadastre/search/v1/search_pb';
import { ASSETS, type WorldAsset } from './assets';
import { summaryOf } from './catalog';

type Highlight = NonNullable<MessageInitShape<typeof HitSchema>['highlights']>[number];

const facetValues = (asset: WorldAsset, facet: string): string[] => {
  switch (facet) {
    case 'kind':
      return [asset.ref.kind];
    case 'type':
      return asset.subtype === '' ? [] : [asset.subtype];
    case 'platform':
      return [asset.platform];
    case 'environment':
      return [asset.environment];
    case 'domain':
      return asset.domain === undefined ? [] : [asset.domain];
    case 'tag':
      return asset.tags ?? [];
    case 'owner':
      return asset.owners ?? [];
    case 'classification':
      return [...new Set((asset.columns ?? []).flatMap((column) => column.classes ?? []))];
    default:
      return [];
  }
};

// Where a word stands in a text, in code points.
function rangesOf(text: string, words: readonly string[]) {
  const points = Array.from(text.toLowerCase());
  return words.flatMap((word) => {
    const wanted = Array.from(word);
    const found = [];
    for (let at = 0; at + wanted.length <= points.length; at += 1) {
      if (wanted.every((point, offset) => points[at + offset] === point)) found.push({ start: at, end: at + wanted.length });
    }
    return found;
  });
}

function highlightsOf(asset: WorldAsset, words: readonly string[]): Highlight[] {
  const fields: [HighlightField, string][] = [
    ...(asset.title === undefined ? [] : [[HighlightField.NAME, asset.title] as [HighlightField, string]]),
    [HighlightField.NAME, asset.ref.name],
    [HighlightField.DESCRIPTION, asset.description.split('\n')[0] ?? ''],
    ...(asset.columns ?? []).map((column): [HighlightField, string] => [HighlightField.COLUMN, column.path.join('.')]),
    ...(asset.tags ?? []).map((tag): [HighlightField, string] => [HighlightField.TAG, tag]),
    ...(asset.owners ?? []).map((owner): [HighlightField, string] => [HighlightField.OWNER, owner]),
  ];
  return fields.flatMap(([field, text]) => {
    const ranges = rangesOf(text, words);
    return ranges.length === 0 ? [] : [{ field, text, ranges }];
  });
}

const wordsOf = (query: string) => query.toLowerCase().split(/\s+/).filter((word) => word !== '');
const passes = (asset: WorldAsset, filters: readonly FacetFilter[]) => filters.every(({ facet, values }) => facetValues(asset, facet).some((each) => values.includes(each)));
const visible = (secrets: boolean) => ASSETS.filter((asset) => secrets || asset.secret !== true);

export function search(request: SearchRequest, secrets: boolean): MessageInitShape<typeof SearchResponseSchema> {
  const words = wordsOf(request.query);
  const matched = visible(secrets)
    .map((asset) => ({ asset, highlights: highlightsOf(asset, words) }))
    .filter(({ highlights }) => words.length === 0 || highlights.length > 0);
  const hits = matched
    .filter(({ asset }) => passes(asset, request.filters))
    .sort((a, b) => (request.orderBy === 'name' ? a.asset.ref.name.localeCompare(b.asset.ref.name) : b.highlights.length - a.highlights.length));
  const from = request.pageToken === '' ? 0 : Number(request.pageToken);
  const to = from + request.pageSize;
  const counts = (facet: string) => {
    const tally = new Map<string, bigint>();
    for (const { asset } of hits) for (const each of facetValues(asset, facet)) tally.set(each, (tally.get(each) ?? 0n) + 1n);
    return [...tally].sort((a, b) => Number(b[1] - a[1])).map(([value, count]) => ({ value, count, label: '' }));
  };
  return {
    hits: hits.slice(from, to).map(({ asset, highlights }, index) => ({ asset: summaryOf(asset), highlights, score: 10 - index / 10 })),
    total: BigInt(hits.length),
    facets: request.facets.map((facet) => ({ facet, counts: counts(facet) })),
    nextPageToken: to < hits.length ? String(to) : '',
    didYouMean: request.query === 'ordrs' ? 'orders' : '',
  };
}

export function suggest(request: SuggestRequest, secrets: boolean): MessageInitShape<typeof SuggestResponseSchema> {
  const words = wordsOf(request.prefix);
  const found = visible(secrets)
    .map((asset) => ({ asset, highlights: highlightsOf(asset, words).filter((each) => each.field === HighlightField.NAME) }))
    .filter(({ highlights }) => highlights.length > 0)
    .slice(0, request.limit);
  return {
    suggestions: found.map(({ asset, highlights }) => ({ asset: summaryOf(asset), highlights })),
    completions: ['orders', 'order_items', 'daily_sales', 'customers', '매출', '고객'].filter((word) => word.startsWith(words.at(-1) ?? ' ') && word !== words.at(-1)),
  };
}
