// A small company with a shop: what stands in its catalog.
import type { Ref } from '@/api/assetRef';

export interface WorldColumn {
  path: string[];
  type: string;
  description?: string;
  classes?: string[];
  tags?: string[];
  key?: boolean;
  nullable?: boolean;
  orphaned?: boolean;
}

export interface WorldAsset {
  ref: Ref;
  title?: string;
  subtype: string;
  platform: string;
  environment: string;
  domain?: string;
  description: string;
  tags?: string[];
  owners?: string[];
  columns?: WorldColumn[];
  sql?: string;
  certified?: boolean;
  deprecated?: string;
  // Seen by the steward only.
  secret?: boolean;
}

export const ds = (namespace: string, name: string): Ref => ({ kind: 'dataset', namespace, name });
export const job = (namespace: string, name: string): Ref => ({ kind: 'job', namespace, name });

const SHOP = 'postgres://shop-db:5432';
const CRM = 'mysql://crm-db:3306';
const KAFKA = 'kafka://kafka-1:9092';
const LAKE = 's3://hanbit-lake';
const WAREHOUSE = 'trino://warehouse:8443';
const AIRFLOW = 'airflow://data-platform';
const DBT = 'dbt://hanbit';
const BOARDS = 'superset://bi.hanbit.example';

const column = (name: string, type: string, description = '', more: Partial<WorldColumn> = {}): WorldColumn => ({
  path: name.split('.'),
  type,
  description,
  ...more,
});

const ORDERS = [
  column('order_id', 'bigint', '주문 번호. Unique per order, never reused.', { key: true, nullable: false }),
  column('customer_id', 'bigint', 'Who ordered; see customers.', { nullable: false, tags: ['join-key'] }),
  column('ordered_at', 'timestamptz', '주문 시각 (UTC)', { nullable: false }),
  column('status', 'varchar(16)', 'placed, paid, shipped, returned'),
  column('total_amount', 'numeric(12,2)', '부가세를 포함한 주문 금액 (KRW)'),
  column('shipping_address', 'jsonb', 'Where it goes', { classes: ['pii'] }),
  column('shipping_address.city', 'text', '시/도', { classes: ['pii'] }),
  column('shipping_address.street', 'text', '도로명 주소', { classes: ['pii'] }),
  column('coupon_code', 'varchar(32)', 'Coupon used, if any'),
  column('legacy_source', 'varchar(8)', 'Dropped in May: which of the old shops it came from', { orphaned: true }),
];

const CUSTOMERS = [
  column('customer_id', 'bigint', '고객 번호', { key: true, nullable: false }),
  column('name', 'text', '고객 이름', { classes: ['pii'] }),
  column('email', 'text', 'Login and contact address', { classes: ['pii'] }),
  column('phone', 'text', '휴대전화 번호', { classes: ['pii'] }),
  column('grade', 'varchar(8)', 'VIP, gold, silver, basic'),
  column('joined_at', 'timestamptz', '가입 시각'),
];

const DAILY = [
  column('sales_date', 'date', '매출 일자 (KST)', { key: true, nullable: false }),
  column('category', 'varchar', '상품 분류', { key: true }),
  column('orders', 'bigint', 'Number of paid orders'),
  column('gross_amount', 'decimal(18,2)', '총매출'),
  column('refund_amount', 'decimal(18,2)', '환불 금액'),
  column('net_amount', 'decimal(18,2)', '순매출 = 총매출 − 환불'),
];

type Row = Omit<WorldAsset, 'environment' | 'subtype'> & Partial<Pick<WorldAsset, 'environment' | 'subtype'>>;

const ROWS: Row[] = [
  { ref: ds(SHOP, 'shop.public.orders'), platform: 'postgres', domain: 'sales', description: 'Every order placed in the shop, one row each. 주문 원장.', tags: ['core', 'cdc'], owners: ['kim.minji', 'team-commerce'], columns: ORDERS, certified: true },
  { ref: ds(SHOP, 'shop.public.order_items'), platform: 'postgres', domain: 'sales', description: 'Lines of an order.', tags: ['core', 'cdc'], owners: ['team-commerce'], columns: [column('order_id', 'bigint', '주문 번호', { key: true }), column('line_no', 'int', '', { key: true }), column('product_id', 'bigint'), column('quantity', 'int'), column('unit_price', 'numeric(12,2)', '단가')] },
  { ref: ds(SHOP, 'shop.public.customers'), platform: 'postgres', domain: 'customer', description: '가입한 고객. Personal data: read the handling rules first.', tags: ['core', 'cdc'], owners: ['lee.seoyeon'], columns: CUSTOMERS },
  { ref: ds(SHOP, 'shop.public.products'), platform: 'postgres', domain: 'sales', description: 'Products and their categories.', owners: ['team-commerce'], columns: [column('product_id', 'bigint', '', { key: true }), column('category', 'varchar', '상품 분류'), column('title', 'text', '상품명')] },
  { ref: ds(SHOP, 'shop.public.payments'), platform: 'postgres', domain: 'finance', description: 'Payments and refunds as the gateway reports them.', tags: ['cdc'], owners: ['park.jihoon'], columns: [column('payment_id', 'uuid', '', { key: true }), column('order_id', 'bigint'), column('amount', 'numeric(12,2)', '결제 금액'), column('card_no_masked', 'varchar(19)', '', { classes: ['pci'] })] },
  { ref: ds(CRM, 'crm.members'), platform: 'mysql', domain: 'customer', description: '멤버십 회원 정보', owners: ['lee.seoyeon'], columns: CUSTOMERS },
  { ref: ds(CRM, 'crm.campaign_targets'), platform: 'mysql', domain: 'marketing', description: 'Who receives which campaign.', owners: ['choi.yuna'], deprecated: 'Replaced by the segment table in the warehouse.' },
  { ref: ds(KAFKA, 'cdc.shop.orders'), subtype: 'topic', platform: 'kafka', domain: 'sales', description: 'Change events of shop.public.orders.', tags: ['cdc'], owners: ['team-platform'], columns: ORDERS },
  { ref: ds(KAFKA, 'cdc.shop.customers'), subtype: 'topic', platform: 'kafka', domain: 'customer', description: 'Change events of customers.', tags: ['cdc'], owners: ['team-platform'] },
  { ref: ds(KAFKA, 'cdc.shop.payments'), subtype: 'topic', platform: 'kafka', domain: 'finance', description: 'Change events of payments.', tags: ['cdc'], owners: ['team-platform'] },
  { ref: ds(KAFKA, 'web.clickstream'), subtype: 'topic', platform: 'kafka', domain: 'marketing', description: '웹·앱 행동 로그. About 40 million events a day.', owners: ['team-platform'] },
  { ref: ds(LAKE, 'bronze/orders'), subtype: 'table', platform: 'iceberg', domain: 'sales', description: 'Raw order changes, as they came.', tags: ['bronze'], owners: ['team-platform'], columns: ORDERS },
  { ref: ds(LAKE, 'bronze/customers'), platform: 'iceberg', domain: 'customer', description: 'Raw customer changes.', tags: ['bronze'], owners: ['team-platform'] },
  { ref: ds(LAKE, 'bronze/payments'), platform: 'iceberg', domain: 'finance', description: 'Raw payment changes.', tags: ['bronze'], owners: ['team-platform'] },
  { ref: ds(LAKE, 'bronze/clickstream'), platform: 'iceberg', domain: 'marketing', description: 'Raw clicks, by hour.', tags: ['bronze'], owners: ['team-platform'] },
  { ref: ds(WAREHOUSE, 'silver.sales.orders'), platform: 'trino', domain: 'sales', description: '정제된 주문. One row per order, latest state, tests of uniqueness and freshness.', tags: ['silver', 'core'], owners: ['kim.minji'], columns: ORDERS.slice(0, 5) },
  { ref: ds(WAREHOUSE, 'silver.sales.refunds'), platform: 'trino', domain: 'finance', description: 'Refunds joined to their orders.', tags: ['silver'], owners: ['park.jihoon'] },
  { ref: ds(WAREHOUSE, 'silver.customer.profiles'), platform: 'trino', domain: 'customer', description: 'Shop and membership customers as one. 통합 고객.', tags: ['silver'], owners: ['lee.seoyeon'], columns: CUSTOMERS },
  { ref: ds(WAREHOUSE, 'silver.web.sessions'), platform: 'trino', domain: 'marketing', description: 'Clicks grouped into sessions of at most 30 minutes of silence.', tags: ['silver'], owners: ['choi.yuna'] },
  { ref: ds(WAREHOUSE, 'gold.sales.daily_sales'), title: '일별 매출', platform: 'trino', domain: 'sales', description: '일별·분류별 매출을 집계한 표준 지표 테이블입니다. 경영 대시보드와 월 마감이 이 표를 봅니다.\n\nDaily sales by category, the company’s one source for revenue. Late payments may change the last three days.', tags: ['gold', 'core', 'kpi'], owners: ['kim.minji', 'park.jihoon'], columns: DAILY, certified: true, sql: 'select date_trunc(\'day\', o.ordered_at at time zone \'Asia/Seoul\') as sales_date,\n       p.category,\n       count(*) as orders,\n       sum(o.total_amount) as gross_amount,\n       coalesce(sum(r.amount), 0) as refund_amount,\n       sum(o.total_amount) - coalesce(sum(r.amount), 0) as net_amount\nfrom silver.sales.orders o\njoin shop.public.products p using (product_id)\nleft join silver.sales.refunds r using (order_id)\nwhere o.status in (\'paid\', \'shipped\')\ngroup by 1, 2' },
  { ref: ds(WAREHOUSE, 'gold.customer.lifetime_value'), title: '고객 생애 가치', platform: 'trino', domain: 'customer', description: 'Expected revenue of each customer over 24 months.', tags: ['gold', 'kpi'], owners: ['lee.seoyeon'] },
  { ref: ds(WAREHOUSE, 'gold.marketing.segments'), platform: 'trino', domain: 'marketing', description: '캠페인 세그먼트', tags: ['gold'], owners: ['choi.yuna'] },
  { ref: ds(WAREHOUSE, 'gold.sales.order_features'), platform: 'trino', domain: 'sales', description: 'One row per order for models: a wide table of 1,200 features.', tags: ['gold'], owners: ['team-data'], columns: [column('order_id', 'bigint', '주문 번호', { key: true }), ...Array.from({ length: 1199 }, (_, at) => column(`feature_${String(at + 1).padStart(4, '0')}`, 'double'))] },
  { ref: ds(WAREHOUSE, 'staging.sales.daily_sales'), platform: 'trino', environment: 'staging', domain: 'sales', description: 'The next version of daily sales, for review.', owners: ['kim.minji'], columns: DAILY },
  { ref: ds(WAREHOUSE, 'restricted.hr.salaries'), platform: 'trino', domain: 'people', description: '급여 정보', owners: ['han.jiwoo'], secret: true },
  ...['orders', 'customers', 'payments'].map((name): Row => ({ ref: job('debezium://connect-1', `shop-cdc.${name}`), subtype: 'connector', platform: 'debezium', domain: 'sales', description: `Streams changes of ${name} into Kafka.`, owners: ['team-platform'] })),
  ...['orders', 'customers', 'payments', 'clickstream'].map((name): Row => ({ ref: job(AIRFLOW, `lake_ingest.load_${name}`), subtype: 'task', platform: 'airflow', domain: 'sales', description: `Lands ${name} in the lake every ten minutes.`, owners: ['team-platform'] })),
  ...['orders', 'refunds', 'profiles', 'sessions', 'daily_sales', 'lifetime_value', 'segments'].map((name): Row => ({ ref: job(DBT, `hanbit.${name}`), subtype: 'model', platform: 'dbt', domain: 'sales', description: `dbt model ${name}.`, owners: ['kim.minji'] })),
  { ref: { kind: 'dashboard', namespace: BOARDS, name: 'executive-revenue' }, title: '경영 매출 현황', subtype: 'dashboard', platform: 'superset', domain: 'sales', description: '매일 아침 9시 경영 회의에서 보는 매출 대시보드', owners: ['park.jihoon'], certified: true },
  { ref: { kind: 'dashboard', namespace: BOARDS, name: 'campaign-performance' }, title: 'Campaign performance', subtype: 'dashboard', platform: 'superset', domain: 'marketing', description: 'Reach, clicks and revenue per campaign.', owners: ['choi.yuna'] },
  { ref: { kind: 'model', namespace: 'mlflow://ml.hanbit.example', name: 'churn' }, title: 'Churn model', subtype: 'model', platform: 'mlflow', domain: 'customer', description: '이탈 예측 모델 v7', owners: ['lee.seoyeon'] },
  { ref: { kind: 'glossary_term', namespace: 'cadastre', name: 'Net revenue' }, title: '순매출 (Net revenue)', subtype: '', platform: 'cadastre', description: '총매출에서 환불을 뺀 금액. Revenue after refunds, before tax.' },
  { ref: { kind: 'domain', namespace: 'cadastre', name: 'sales' }, title: '영업 (Sales)', subtype: '', platform: 'cadastre', description: 'Orders, products and revenue.' },
  { ref: { kind: 'container', namespace: WAREHOUSE, name: 'gold.sales' }, subtype: 'schema', platform: 'trino', description: 'Sales marts.' },
];

export const ASSETS: WorldAsset[] = ROWS.map((row) => ({ environment: 'production', subtype: row.ref.kind === 'dataset' ? 'table' : '', ...row }));

export interface WorldEdge {
  from: Ref;
  to: Ref;
  stale?: boolean;
}

const through = (inputs: Ref[], by: Ref, outputs: Ref[]): WorldEdge[] => [
  ...inputs.map((from) => ({ from, to: by })),
  ...outputs.map((to) => ({ from: by, to })),
];
const BOARD = (name: string): Ref => ({ kind: 'dashboard', namespace: BOARDS, name });

export const EDGES: WorldEdge[] = [
  ...['orders', 'customers', 'payments'].flatMap((name) => [
    ...through([ds(SHOP, `shop.public.${name}`)], job('debezium://connect-1', `shop-cdc.${name}`), [ds(KAFKA, `cdc.shop.${name}`)]),
    ...through([ds(KAFKA, `cdc.shop.${name}`)], job(AIRFLOW, `lake_ingest.load_${name}`), [ds(LAKE, `bronze/${name}`)]),
  ]),
  ...through([ds(KAFKA, 'web.clickstream')], job(AIRFLOW, 'lake_ingest.load_clickstream'), [ds(LAKE, 'bronze/clickstream')]),
  ...through([ds(LAKE, 'bronze/orders')], job(DBT, 'hanbit.orders'), [ds(WAREHOUSE, 'silver.sales.orders')]),
  ...through([ds(LAKE, 'bronze/payments'), ds(WAREHOUSE, 'silver.sales.orders')], job(DBT, 'hanbit.refunds'), [ds(WAREHOUSE, 'silver.sales.refunds')]),
  ...through([ds(LAKE, 'bronze/customers'), ds(CRM, 'crm.members')], job(DBT, 'hanbit.profiles'), [ds(WAREHOUSE, 'silver.customer.profiles')]),
  ...through([ds(LAKE, 'bronze/clickstream')], job(DBT, 'hanbit.sessions'), [ds(WAREHOUSE, 'silver.web.sessions')]),
  ...through(
    [ds(WAREHOUSE, 'silver.sales.orders'), ds(WAREHOUSE, 'silver.sales.refunds'), ds(SHOP, 'shop.public.products')],
    job(DBT, 'hanbit.daily_sales'),
    [ds(WAREHOUSE, 'gold.sales.daily_sales')],
  ),
  { from: ds(SHOP, 'shop.public.order_items'), to: job(DBT, 'hanbit.daily_sales'), stale: true },
  ...through([ds(WAREHOUSE, 'silver.sales.orders'), ds(WAREHOUSE, 'silver.customer.profiles')], job(DBT, 'hanbit.lifetime_value'), [ds(WAREHOUSE, 'gold.customer.lifetime_value')]),
  ...through([ds(WAREHOUSE, 'silver.customer.profiles'), ds(WAREHOUSE, 'silver.web.sessions'), ds(WAREHOUSE, 'gold.customer.lifetime_value')], job(DBT, 'hanbit.segments'), [ds(WAREHOUSE, 'gold.marketing.segments')]),
  { from: ds(WAREHOUSE, 'gold.sales.daily_sales'), to: BOARD('executive-revenue') },
  { from: ds(WAREHOUSE, 'gold.marketing.segments'), to: BOARD('campaign-performance') },
  { from: ds(WAREHOUSE, 'gold.customer.lifetime_value'), to: { kind: 'model', namespace: 'mlflow://ml.hanbit.example', name: 'churn' } },
];

const W = (name: string) => ds(WAREHOUSE, name);

// Columns: from, its path, to, its path.
export const COLUMN_EDGES: [Ref, string, Ref, string][] = [
  ...['order_id', 'customer_id', 'ordered_at', 'status', 'total_amount'].flatMap((name): [Ref, string, Ref, string][] => [
    [ds(SHOP, 'shop.public.orders'), name, ds(KAFKA, 'cdc.shop.orders'), name],
    [ds(KAFKA, 'cdc.shop.orders'), name, ds(LAKE, 'bronze/orders'), name],
    [ds(LAKE, 'bronze/orders'), name, W('silver.sales.orders'), name],
  ]),
  [W('silver.sales.orders'), 'ordered_at', W('gold.sales.daily_sales'), 'sales_date'],
  [W('silver.sales.orders'), 'order_id', W('gold.sales.daily_sales'), 'orders'],
  [W('silver.sales.orders'), 'total_amount', W('gold.sales.daily_sales'), 'gross_amount'],
  [W('silver.sales.orders'), 'total_amount', W('gold.sales.daily_sales'), 'net_amount'],
  [ds(SHOP, 'shop.public.products'), 'category', W('gold.sales.daily_sales'), 'category'],
  [ds(SHOP, 'shop.public.payments'), 'amount', W('gold.sales.daily_sales'), 'refund_amount'],
];
