import { useQuery } from '@connectrpc/connect-query';
import { Button, Group, Text } from '@mantine/core';
import { useState } from 'react';
import { assetProblemOf } from '@/api/problem';
import { type AspectValue, CatalogService } from '@/gen/cadastre/catalog/v1/catalog_pb';
import { useMessages } from '@/messages/context';
import { AspectView } from '@/shared/aspects/AspectView';
import { kindsOf } from '@/shared/aspects/fields';
import { formatBytes } from '@/shared/format';
import { useAssetPage } from '@/shared/useAssetPage';

const facetOf = (value: AspectValue): string | undefined => (value.aspect?.value.case === 'facet' ? value.aspect.value.value.name : undefined);

// A value that was too long for the page's answer: how long it is, and itself once it is asked for.
export function OmittedValue({ value }: { value: AspectValue }) {
  const { m } = useMessages();
  const { ref, asOf } = useAssetPage();
  const [asked, setAsked] = useState(false);
  const facet = facetOf(value);
  const query = useQuery(
    CatalogService.method.getAsset,
    {
      asset: ref,
      includeDeleted: true,
      ...(facet === undefined ? { kinds: kindsOf(value.aspect) } : { facets: [facet] }),
      ...(asOf === undefined ? {} : { asOf }),
    },
    { enabled: asked },
  );
  const asset = query.data?.asset;
  const found =
    asset === undefined
      ? undefined
      : [...asset.technical, ...asset.business, ...asset.operational, ...asset.facets].find(
          (each) => each.aspect?.value.case === value.aspect?.value.case && facetOf(each) === facet,
        );
  if (found?.aspect !== undefined) return <AspectView aspect={found.aspect} />;
  return (
    <Group gap="xs">
      <Text size="sm" c="dimmed">
        {formatBytes(value.omittedBytes)}
      </Text>
      <Button variant="default" size="compact-xs" loading={query.isFetching} onClick={() => (asked ? void query.refetch() : setAsked(true))}>
        {m.asset.showValue}
      </Button>
      {query.isError && (
        <Text size="sm" c="var(--bad)" role="alert">
          {assetProblemOf(query.error).detail}
        </Text>
      )}
    </Group>
  );
}
