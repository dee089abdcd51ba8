// Answers of the catalog service, made from the world's assets.
import { create, type MessageInitShape } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import { Code, ConnectError } from '@connectrpc/connect';
import { type Ref, refText } from '@/api/assetRef';
import { AspectSchema, ParentRunSchema } from '@/gen/cadastre/catalog/v1/aspects_pb';
import { Privilege } from '@/gen/cadastre/privilege/v1/privilege_pb';
import { Family } from '@/gen/cadastre/catalog/v1/asset_pb';
import { AliasState, type AspectValueSchema, type AssetSchema, type AssetSummarySchema, type ListColumnsRequest, type ListColumnsResponseSchema, type Run, RunIoSchema, RunSchema, RunState } from '@/gen/cadastre/catalog/v1/catalog_pb';
import { ASSETS, EDGES, type WorldAsset, type WorldColumn } from './assets';

const NOW = Date.now();
const HOUR = 3_600_000;
export const ago = (hours: number) => timestampFromDate(new Date(NOW - hours * HOUR));

export const assetOf = (ref: Ref | undefined, secrets: boolean): WorldAsset => {
  const found = ref === undefined ? undefined : ASSETS.find((asset) => refText(asset.ref) === refText(ref) && (secrets || asset.secret !== true));
  if (found === undefined) throw new ConnectError('asset: not found', Code.NotFound);
  return found;
};

export const summaryOf = (asset: WorldAsset): MessageInitShape<typeof AssetSummarySchema> => ({
  ref: asset.ref,
  displayName: asset.title ?? '',
  subtype: asset.subtype,
  description: asset.description.slice(0, 200),
  platform: asset.platform,
  environment: asset.environment,
  ...(asset.domain === undefined ? {} : { domain: { kind: 'domain', namespace: 'cadastre', name: asset.domain } }),
  tags: asset.tags ?? [],
  owners: asset.owners ?? [],
  updatedAt: ago((asset.ref.name.length * 7) % 200),
});

type Value = MessageInitShape<typeof AspectValueSchema>;
type Aspect = MessageInitShape<typeof AspectSchema>;

const value = (family: Family, aspect: Aspect, tool = 'person', principal = 'kim.minji', claim = false): Value => ({
  family,
  aspect,
  sources: [{ principal, tool, heldAt: ago(900), committedAt: ago(700), claim }],
  etag: 'e',
});

const columnOf = (column: WorldColumn, ordinal: number) => ({
  path: column.path,
  type: column.type,
  ...(column.nullable === undefined ? {} : { nullable: column.nullable }),
  primaryKey: column.key ?? false,
  ordinal,
  orphaned: column.orphaned ?? false,
  aspects: [
    ...(column.description === undefined || column.description === '' ? [] : [value(Family.BUSINESS, { value: { case: 'documentation', value: { text: column.description } } })]),
    ...(column.classes === undefined ? [] : [value(Family.BUSINESS, { value: { case: 'classifications', value: { classifications: column.classes.map((name) => ({ name })) } } })]),
    ...(column.tags === undefined ? [] : [value(Family.BUSINESS, { value: { case: 'tags', value: { tags: column.tags.map((key) => ({ key })) } } })]),
  ],
});

const COST_CENTER = 'hanbit_costCenter';

// By name alone unless it is asked for, as the server does.
const facetOf = (whole: boolean): Value => {
  const json = new TextEncoder().encode('{"_producer":"https://hanbit.example","center":"D-114","팀":"데이터플랫폼"}');
  const cut = whole ? {} : { omittedBytes: BigInt(json.length) };
  return { ...value(Family.OPERATIONAL, { value: { case: 'facet', value: { name: COST_CENTER, json: whole ? json : new Uint8Array() } } }, 'openlineage', 'svc-airflow'), ...cut };
};

export function columnsOf(asset: WorldAsset, request: ListColumnsRequest): MessageInitShape<typeof ListColumnsResponseSchema> {
  const needle = request.filter.toLowerCase();
  const found = (asset.columns ?? []).map((each, index) => columnOf(each, index + 1)).filter((each) => each.path.join('.').toLowerCase().includes(needle) || each.type.includes(needle));
  const from = Number(request.pageToken);
  const to = from + (request.pageSize || 100);
  return { columns: found.slice(from, to), totalSize: found.length, nextPageToken: to < found.length ? String(to) : '' };
}

export function fullAsset(asset: WorldAsset, facets: readonly string[] = []): MessageInitShape<typeof AssetSchema> {
  const business: Value[] = [value(Family.BUSINESS, { value: { case: 'documentation', value: { text: asset.description } } })];
  if (asset.owners !== undefined) business.push(value(Family.BUSINESS, { value: { case: 'ownership', value: { owners: asset.owners.map((owner, i) => ({ owner, type: i === 0 ? 'OWNER' : 'STEWARD' })) } } }));
  if (asset.tags !== undefined) business.push(value(Family.BUSINESS, { value: { case: 'tags', value: { tags: asset.tags.map((key) => ({ key })) } } }, 'dbt', 'svc-dbt', true));
  if (asset.certified === true) business.push(value(Family.BUSINESS, { value: { case: 'certification', value: { level: 'certified', note: 'Checked by the data office' } } }));
  if (asset.deprecated !== undefined) business.push(value(Family.BUSINESS, { value: { case: 'deprecation', value: { deprecated: true, note: asset.deprecated, replacement: { kind: 'dataset', namespace: 'trino://warehouse:8443', name: 'gold.marketing.segments' } } } }));
  business.push(value(Family.BUSINESS, { value: { case: 'links', value: { links: [{ url: 'https://wiki.hanbit.example/data/' + asset.ref.name, label: 'Wiki' }, { url: 'javascript:alert(1)', label: 'Not a link' }] } } }));
  business.push(value(Family.BUSINESS, { value: { case: 'serviceLevel', value: { freshness: '1 h', availability: '99.5 %', text: '업무 시간 기준' } } }));
  const technical: Value[] = [
    value(Family.TECHNICAL, { value: { case: 'datasetType', value: { type: asset.subtype.toUpperCase(), subType: '' } } }, 'crawler', 'svc-crawler'),
    value(Family.TECHNICAL, { value: { case: 'dataSource', value: { name: asset.platform, uri: asset.ref.namespace } } }, 'openlineage', 'svc-airflow'),
  ];
  if (asset.sql !== undefined) technical.push(value(Family.TECHNICAL, { value: { case: 'definition', value: { sql: asset.sql, dialect: 'trino' } } }, 'dbt', 'svc-dbt'));
  const operational: Value[] =
    asset.ref.kind === 'dataset'
      ? [
          value(Family.OPERATIONAL, { value: { case: 'freshness', value: { updatedAt: ago(0.6) } } }, 'openlineage', 'svc-airflow'),
          value(Family.OPERATIONAL, { value: { case: 'volume', value: { rows: 48_213_907n, bytes: 9_812_334_112n, files: 412n } } }, 'openlineage', 'svc-airflow'),
          value(Family.OPERATIONAL, { value: { case: 'qualityResults', value: { results: [{ assertion: 'unique', name: 'order_id is unique', column: 'order_id', success: true }, { assertion: 'not_null', name: '순매출은 비어 있지 않음', column: 'net_amount', success: false, expected: '0', actual: '3', severity: 'warn' }] } } }, 'dbt', 'svc-dbt'),
          value(Family.OPERATIONAL, { value: { case: 'profile', value: { rows: 48_213_907n, columns: [{ column: 'orders', nullCount: 0n, distinctCount: 8122n, min: 1, max: 90211 }, { column: 'net_amount', nullCount: 3n, distinctCount: 40211n, min: -120000, max: 981234567 }] } } }, 'great_expectations', 'svc-airflow'),
        ]
      : [];
  return {
    ref: asset.ref,
    summary: summaryOf(asset),
    columns: (asset.columns ?? []).slice(0, 100).map((each, index) => columnOf(each, index + 1)),
    columnCount: asset.columns?.length ?? 0,
    technical,
    business,
    operational,
    facets: asset.ref.kind === 'dataset' ? [facetOf(facets.includes(COST_CENTER))] : [],
    facetCount: asset.ref.kind === 'dataset' ? 1 : 0,
    truncated: asset.ref.kind === 'dataset' && !facets.includes(COST_CENTER),
    aliases: asset.ref.name === 'gold.sales.daily_sales' ? [{ ref: { kind: 'dataset', namespace: 's3://hanbit-lake', name: 'gold/daily_sales' }, state: AliasState.MERGED, type: 'LOCATION' }] : [],
    containers: asset.platform === 'trino' ? [{ kind: 'container', namespace: asset.ref.namespace, name: asset.ref.name.split('.').slice(0, 2).join('.') }] : [],
    lastSeenAt: ago(0.4),
    allowed: [Privilege.BROWSE, Privilege.READ, Privilege.READ_CODE, Privilege.READ_OPERATIONS],
  };
}

const STATES = [RunState.COMPLETE, RunState.COMPLETE, RunState.COMPLETE, RunState.FAILED, RunState.COMPLETE, RunState.COMPLETE, RunState.COMPLETE, RunState.COMPLETE, RunState.ABORTED, RunState.COMPLETE, RunState.COMPLETE, RunState.UNKNOWN];

export function runsOf(asset: WorldAsset): Run[] {
  return Array.from({ length: 48 }, (_, index) => {
    const state = index === 0 ? RunState.RUNNING : (STATES[(index + 4) % STATES.length] ?? RunState.COMPLETE);
    const start = index * 6 + 0.3;
    const minutes = 4 + ((index * 37) % 11) + (index === 20 ? 22 : 0);
    const ended = state === RunState.RUNNING || state === RunState.UNKNOWN ? {} : { endedAt: ago(start - minutes / 60) };
    return create(RunSchema, {
      runId: `0198c0de-77aa-7${(100 + index).toString(16)}-8b6f-${(0x2f00aa110000 + index * 7919).toString(16)}`,
      job: asset.ref,
      state,
      startedAt: ago(start),
      ...ended,
      nominalTime: { start: ago(Math.ceil(start)) },
      events: state === RunState.RUNNING ? 1 : 2 + (index % 2),
      lastEventAt: ago(start),
    });
  });
}

export function runDetails(asset: WorldAsset, runId: string): Run {
  const run = runsOf(asset).find((each) => each.runId === runId);
  if (run === undefined) throw new ConnectError('run: not found', Code.NotFound);
  const io = (output: boolean) =>
    EDGES.filter((edge) => refText(output ? edge.from : edge.to) === refText(asset.ref)).map((edge) => create(RunIoSchema, {
      dataset: output ? edge.to : edge.from,
      output,
      facets: [{ value: { case: 'ioStatistics' as const, value: { rows: 182_334n, bytes: 48_112_093n } } }],
    }));
  const facets: Aspect[] = [
      { value: { case: 'processingEngine', value: { name: 'trino', version: '448', adapterVersion: '1.9.2' } } },
      ...(run.state === RunState.FAILED
        ? [{ value: { case: 'errorMessage' as const, value: { message: "Line 12: Column 'refund_amount' cannot be resolved", programmingLanguage: 'SQL', stackTrace: 'io.trino.spi.TrinoException: line 12:9\n    at io.trino.sql.analyzer.ExpressionAnalyzer.visitIdentifier(ExpressionAnalyzer.java:551)\n    at io.trino.sql.tree.Identifier.accept(Identifier.java:79)' } } }]
        : []),
    ];
  run.facets = facets.map((facet) => create(AspectSchema, facet));
  run.parent = create(ParentRunSchema, { job: { kind: 'job', namespace: 'airflow://data-platform', name: 'nightly_marts' }, runId: 'scheduled__2026-06-01' });
  run.inputs = io(false);
  run.outputs = io(true);
  run.datasetCount = run.inputs.length + run.outputs.length;
  return run;
}
