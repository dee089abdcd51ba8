import { useInfiniteQuery } from '@connectrpc/connect-query';
import { Button, Collapse, Group, Select, Text, Title, UnstyledButton } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconFilter, IconSearchOff, IconX } from '@tabler/icons-react';
import { keepPreviousData } from '@tanstack/react-query';
import { isKind, plainRef, refText } from '@/api/assetRef';
import { problemOf } from '@/api/problem';
import { SearchService } from '@/gen/cadastre/search/v1/search_pb';
import { useMessages } from '@/messages/context';
import { Answered } from '@/shared/Answered';
import { LoadingRows } from '@/shared/LoadingRows';
import { Page } from '@/shared/Page';
import { ProblemPanel, StatePanel } from '@/shared/StatePanel';
import { useUrlState } from '@/shared/urlState';
import { FacetPanel } from './FacetPanel';
import { HitRow } from './HitRow';
import classes from './SearchPage.module.css';
import { FACETS, filtersOf, NO_FILTERS, ORDERS, searchState, toggle, WIRE_ORDER } from './searchState';

const PAGE_SIZE = 20;

export function SearchPage() {
  const { m } = useMessages();
  const [state, update] = useUrlState(searchState);
  const [filtersOpen, filters] = useDisclosure(false);

  // Page tokens are bound to one viewer and time, so they stay out of the address; pages add up below one another.
  const search = useInfiniteQuery(
    SearchService.method.search,
    {
      query: state.q,
      filters: filtersOf(state),
      facets: [...FACETS],
      pageSize: PAGE_SIZE,
      orderBy: WIRE_ORDER[state.order],
      pageToken: '',
    },
    {
      pageParamKey: 'pageToken',
      getNextPageParam: (page) => (page.nextPageToken === '' ? undefined : page.nextPageToken),
      placeholderData: keepPreviousData,
    },
  );

  const first = search.data?.pages[0];
  const hits = search.data?.pages.flatMap((page) => page.hits) ?? [];
  const total = Number(first?.total ?? 0n);
  const awaited = search.isPlaceholderData;
  const chosen = FACETS.flatMap((facet) => state[facet].map((value) => ({ facet, value })));

  return (
    <Page title={state.q === '' ? m.search.title : state.q}>
      <div className={classes.columns}>
        <aside className={classes.side} aria-label={m.search.filters}>
          <Button className={classes.opener ?? ''} variant="default" leftSection={<IconFilter size={15} aria-hidden />} onClick={filters.toggle} aria-expanded={filtersOpen}>
            {m.search.showFilters}
          </Button>
          <Answered awaited={awaited} announce={false} className={classes.wide}>
            <FacetPanel facets={first?.facets ?? []} state={state} onToggle={(facet, value) => update(toggle(state, facet, value))} />
          </Answered>
          <div className={classes.narrow}>
            <Collapse expanded={filtersOpen}>
              <Answered awaited={awaited} announce={false}>
                <FacetPanel facets={first?.facets ?? []} state={state} onToggle={(facet, value) => update(toggle(state, facet, value))} />
              </Answered>
            </Collapse>
          </div>
        </aside>
        <section className={classes.results} aria-label={m.search.hits}>
          <Group justify="space-between" align="flex-end" mb="sm" wrap="nowrap">
            <div>
              <Title order={1} className={classes.heading}>
                {state.q === '' ? m.search.title : state.q}
              </Title>
              <Text c="dimmed" size="sm" role="status" aria-live="polite">
                {awaited ? m.state.awaited : search.isSuccess ? m.search.total(total) : search.isPending ? m.state.loading : ''}
              </Text>
            </div>
            <Select
              size="xs"
              w={150}
              aria-label={m.search.sort}
              allowDeselect={false}
              value={state.order}
              data={ORDERS.map((order) => ({ value: order, label: m.search[order] }))}
              onChange={(order) => update({ order: ORDERS.find((each) => each === order) ?? 'relevance' })}
            />
          </Group>

          {chosen.length > 0 && (
            <Group gap={6} mb="sm">
              {chosen.map(({ facet, value }) => (
                <UnstyledButton key={`${facet} ${value}`} className={classes.filter} title={m.search.remove(value)} onClick={() => update(toggle(state, facet, value))}>
                  <span>{m.search.facet[facet]}</span> {facet === 'kind' && isKind(value) ? m.kind[value] : value}
                  <IconX size={12} role="img" aria-label={m.search.remove(value)} />
                </UnstyledButton>
              ))}
              <Button variant="subtle" size="compact-xs" onClick={() => update(NO_FILTERS)}>
                {m.search.clearFilters}
              </Button>
            </Group>
          )}

          {!awaited && first !== undefined && first.didYouMean !== '' && (
            <Text mb="sm">
              {m.search.didYouMean}{' '}
              <UnstyledButton className={classes.meant} onClick={() => update({ q: first.didYouMean })}>
                {first.didYouMean}
              </UnstyledButton>
              ?
            </Text>
          )}

          {search.isPending ? (
            <LoadingRows rows={6} height={96} />
          ) : search.isError ? (
            <ProblemPanel problem={problemOf(search.error)} onRetry={() => void search.refetch()} />
          ) : hits.length === 0 ? (
            <Answered awaited={awaited} announce={false} className={classes.list}>
              <StatePanel icon={IconSearchOff} title={m.search.emptyTitle} text={m.search.empty} detail="">
                {chosen.length > 0 && (
                  <Button variant="default" onClick={() => update(NO_FILTERS)}>
                    {m.search.clearFilters}
                  </Button>
                )}
              </StatePanel>
            </Answered>
          ) : (
            <>
              <Answered awaited={awaited} announce={false} className={classes.list}>
                {hits.map((hit) => (
                  <HitRow key={refText(plainRef(hit.asset?.ref))} hit={hit} />
                ))}
              </Answered>
              <Group justify="center" mt="md" gap="md">
                <Text size="sm" c="dimmed">
                  {awaited ? '' : m.search.shown(hits.length, total)}
                </Text>
                {!awaited && search.hasNextPage && (
                  <Button variant="default" loading={search.isFetchingNextPage} onClick={() => void search.fetchNextPage()}>
                    {m.search.more}
                  </Button>
                )}
              </Group>
            </>
          )}
        </section>
      </div>
    </Page>
  );
}
