-- A part of the shop's own database, shop.public on postgres://shop-db:5432 in the demo: named and typed as there, and empty.
--   createdb shop && psql -q shop -f demo/postgres/shop.sql
BEGIN;

CREATE TABLE membership_grades (
  grade_code varchar(8) PRIMARY KEY,
  grade_name varchar(40) NOT NULL,
  min_spend numeric(14,2) NOT NULL DEFAULT 0 CHECK (min_spend >= 0),
  point_rate numeric(5,4) NOT NULL
);
COMMENT ON TABLE membership_grades IS E'회원 등급 기준표.\n\nMembership grades and what earns them.';
COMMENT ON COLUMN membership_grades.min_spend IS 'What a member spends in a year to earn the grade, KRW';

CREATE TABLE customers (
  customer_id bigint PRIMARY KEY,
  email varchar(320) UNIQUE,
  name varchar(100) NOT NULL,
  phone varchar(20),
  birth_date date,
  grade_code varchar(8) NOT NULL REFERENCES membership_grades,
  signup_channel varchar(16) NOT NULL,
  marketing_consent boolean NOT NULL DEFAULT false,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE customers IS E'회원. 가입한 고객 한 명마다 한 행.\n\nMembers: one row per registered customer.';
COMMENT ON COLUMN customers.customer_id IS '회원 번호';
COMMENT ON COLUMN customers.email IS 'E-mail address, unique';
COMMENT ON COLUMN customers.name IS '이름';
COMMENT ON COLUMN customers.phone IS '휴대전화 번호';
COMMENT ON COLUMN customers.grade_code IS '회원 등급';
COMMENT ON COLUMN customers.marketing_consent IS 'As of now; its history is in customer_consents';

CREATE TABLE customer_addresses (
  address_id bigint PRIMARY KEY,
  customer_id bigint NOT NULL REFERENCES customers ON DELETE CASCADE,
  recipient varchar(100) NOT NULL,
  phone varchar(20),
  postal_code char(5) NOT NULL,
  road_address varchar(300) NOT NULL,
  is_default boolean NOT NULL DEFAULT false,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX customer_addresses_default ON customer_addresses (customer_id) WHERE is_default;
COMMENT ON TABLE customer_addresses IS E'회원이 저장한 배송지.\n\nDelivery addresses members saved.';
COMMENT ON COLUMN customer_addresses.road_address IS '도로명 주소';

CREATE TABLE orders (
  order_id bigint PRIMARY KEY,
  customer_id bigint NOT NULL REFERENCES customers,
  seller_id bigint NOT NULL,
  channel varchar(16) NOT NULL CHECK (channel IN ('web', 'app', 'kakao')),
  status varchar(16) NOT NULL,
  total_amount numeric(14,2) NOT NULL,
  discount_amount numeric(14,2) NOT NULL DEFAULT 0,
  shipping_fee numeric(10,2) NOT NULL DEFAULT 0,
  coupon_id bigint,
  ordered_at timestamptz NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX orders_by_customer ON orders (customer_id, ordered_at);
COMMENT ON TABLE orders IS E'주문. 결제까지 마친 주문 한 건마다 한 행.\n\nOrders: one row per order that was paid for.';
COMMENT ON COLUMN orders.order_id IS '주문 번호';
COMMENT ON COLUMN orders.customer_id IS '회원 번호';
COMMENT ON COLUMN orders.channel IS 'web, app, kakao';
COMMENT ON COLUMN orders.status IS '주문 상태';
COMMENT ON COLUMN orders.total_amount IS '총 주문 금액, VAT included';
COMMENT ON COLUMN orders.ordered_at IS '주문 시각';

CREATE TABLE order_items (
  order_item_id bigint PRIMARY KEY,
  order_id bigint NOT NULL REFERENCES orders,
  product_id bigint NOT NULL,
  option_id bigint,
  quantity integer NOT NULL CHECK (quantity > 0),
  unit_price numeric(12,2) NOT NULL,
  unit_cost numeric(12,2),
  line_amount numeric(14,2) NOT NULL
);
COMMENT ON TABLE order_items IS E'주문 상품. 주문 한 건에 담긴 상품별 한 행.\n\nLines of an order.';
COMMENT ON COLUMN order_items.quantity IS '수량';
COMMENT ON COLUMN order_items.unit_price IS '판매 단가';
COMMENT ON COLUMN order_items.unit_cost IS '매입 단가';

CREATE TABLE payments (
  payment_id bigint PRIMARY KEY,
  order_id bigint NOT NULL REFERENCES orders,
  method_code varchar(16) NOT NULL,
  amount numeric(14,2) NOT NULL,
  pg_transaction_id varchar(64) UNIQUE,
  card_number_masked varchar(24),
  approved_at timestamptz,
  cancelled_at timestamptz,
  status varchar(16) NOT NULL
);
COMMENT ON TABLE payments IS E'결제. 승인과 취소를 모두 담는다.\n\nPayments: approvals and cancellations.';
COMMENT ON COLUMN payments.method_code IS '결제 수단';

-- What the demo's pipelines never told of: only a crawl finds it, and what it is made from.
CREATE VIEW order_totals AS
  SELECT orders.order_id, orders.channel, orders.ordered_at, sum(order_items.line_amount) AS items_amount, orders.total_amount
  FROM orders JOIN order_items USING (order_id)
  GROUP BY orders.order_id;
COMMENT ON VIEW order_totals IS 'What the lines of an order come to, beside what was charged';

COMMIT;
