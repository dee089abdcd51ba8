// What the warehouse makes: gold tables, the finance mart and the files that leave the company.
#include "demo/spec.h"

namespace cadastre::demo {
namespace {

constexpr MadeSpec kGold[] = {
    {"daily_sales", "sales", "일별 매출. 경영 회의의 기준이 되는 표.",
     "Daily sales by channel; the figure the management meeting uses.",
     R"(sales_date date pk "매출일, KST" = expr silver.orders.ordered_at; channel text pk = id silver.orders.channel;
        order_count bigint = count silver.orders.order_id; gross_sales numeric(14,2) "총 매출" = sum silver.orders.total_amount;
        discount numeric(14,2) = sum silver.orders.discount_amount; refunds numeric(14,2) = sum silver.refunds.amount;
        net_sales numeric(14,2) "순 매출" = expr silver.orders.total_amount, silver.orders.discount_amount, silver.refunds.amount)",
     "filter silver.orders.status; join silver.refunds.order_id; group silver.orders.channel", 3},
    {"daily_sales_by_category", "sales", "분류별 일별 매출.", "Daily sales by product category.",
     R"(sales_date date pk = expr silver.orders.ordered_at; category_id bigint pk = id silver.products.category_id;
        category_name text = id silver.product_categories.category_name; quantity bigint = sum silver.order_items.quantity;
        sales numeric(14,2) = sum silver.order_items.line_amount)",
     "join silver.orders.order_id; join silver.products.product_id", 420},
    {"monthly_sales", "sales", "월별 매출.", "Monthly sales.",
     R"(month date pk = expr gold.daily_sales.sales_date; net_sales numeric(14,2) = sum gold.daily_sales.net_sales;
        order_count bigint = sum gold.daily_sales.order_count)",
     "", 24},
    {"order_margin", "finance", "주문별 공헌이익.", "Contribution margin of each order.",
     R"(order_id bigint pk = id silver.orders.order_id; revenue numeric(14,2) = sum silver.order_items.line_amount;
        cost numeric(14,2) = sum silver.order_items.unit_cost; payment_fee numeric(12,2) = expr silver.payments.amount;
        margin numeric(14,2) "공헌이익" = expr silver.order_items.line_amount, silver.order_items.unit_cost, silver.payments.amount)",
     "join silver.payments.order_id", 18400},
    {"order_margin_v2", "finance", "주문별 공헌이익(2판). 배송비와 수수료를 포함한다.",
     "Contribution margin, second edition: with shipping and commission.",
     R"(order_id bigint pk = id silver.orders.order_id; seller_id bigint = id silver.orders.seller_id;
        revenue numeric(14,2) = sum silver.order_items.line_amount; shipping numeric(12,2) = sum silver.orders.shipping_fee;
        commission numeric(12,2) = expr silver.order_items.line_amount, silver.sellers.commission_rate;
        margin numeric(14,2) = expr silver.order_items.line_amount, silver.order_items.unit_cost, silver.orders.shipping_fee)",
     "join silver.sellers.seller_id", 18400},
    {"customer_360", "customer", "고객 360. 회원별 구매·적립금·후기를 모은 표.",
     "Customer 360: purchases, points and reviews by member.",
     R"(customer_id bigint pk = id silver.customers.customer_id; email_hash text = id silver.customers.email_hash;
        grade_code text = id silver.customers.grade_code; lifetime_value numeric(14,2) = sum silver.orders.total_amount;
        orders bigint = count silver.orders.order_id; last_order_at timestamptz = max silver.orders.ordered_at;
        points bigint = sum silver.point_ledger.points; avg_rating numeric(3,2) = avg silver.product_reviews.rating)",
     "join silver.orders.customer_id", 210000},
    {"customer_segments", "marketing", "고객 세그먼트(RFM).", "RFM segments.",
     R"(customer_id bigint pk = id gold.customer_360.customer_id; recency smallint = expr gold.customer_360.last_order_at;
        frequency smallint = expr gold.customer_360.orders; monetary smallint = expr gold.customer_360.lifetime_value;
        segment text "VIP, 충성, 이탈 위험" = expr gold.customer_360.orders, gold.customer_360.lifetime_value)",
     "", 210000},
    {"customer_retention", "customer", "재구매율.", "Cohort retention.",
     R"(cohort_month date pk = min silver.orders.ordered_at; months_since smallint pk = expr silver.orders.ordered_at;
        customers bigint = distinct silver.orders.customer_id; retention numeric(5,4) = expr silver.orders.customer_id)",
     "", 300},
    {"product_performance", "product", "상품 성과.", "How products sell and are rated.",
     R"(product_id bigint pk = id silver.products.product_id; product_name text = id silver.products.product_name;
        sold bigint = sum silver.order_items.quantity; sales numeric(14,2) = sum silver.order_items.line_amount;
        rating numeric(3,2) = avg silver.product_reviews.rating; views bigint = count silver.web_clickstream.event_id)",
     "join silver.order_items.product_id", 120000},
    {"search_quality", "product", "검색 품질.", "Searches without results and clicks.",
     R"(day date pk = expr silver.web_search_queries.occurred_at; queries bigint = count silver.web_search_queries.event_id;
        no_result_rate numeric(5,4) = expr silver.web_search_queries.results; click_rate numeric(5,4) = expr silver.web_search_queries.clicked_product_id)",
     "", 1},
    {"seller_performance", "product", "판매자 성과.", "How sellers do.",
     R"(seller_id bigint pk = id silver.sellers.seller_id; seller_name text = id silver.sellers.seller_name;
        sales numeric(14,2) = sum silver.orders.total_amount; return_rate numeric(5,4) = expr silver.returns.return_id)",
     "join silver.returns.order_id", 1500},
    {"sessions", "marketing", "웹·앱 세션.", "Sessions of web and app.",
     R"(session_id text pk = id silver.web_clickstream.session_id, silver.app_events.session_id; customer_id bigint = id silver.web_clickstream.customer_id;
        started_at timestamptz = min silver.web_clickstream.occurred_at; pages integer = count silver.web_clickstream.event_id;
        device_hash text = id silver.app_events.device_id_hash)",
     "", 140000},
    {"funnel_daily", "marketing", "구매 전환 퍼널.", "The daily purchase funnel.",
     R"(day date pk = expr gold.sessions.started_at; sessions bigint = count gold.sessions.session_id;
        orders bigint = count silver.orders.order_id; conversion numeric(5,4) "구매 전환율" = expr gold.sessions.session_id, silver.orders.order_id)",
     "join silver.orders.customer_id", 1},
    {"campaign_roi", "marketing", "캠페인 성과(ROAS).", "Return on ad spend by campaign.",
     R"(campaign_id bigint pk = id silver.coupons.campaign_id; day date pk = id silver.ads_google_ads.day, silver.ads_naver_ads.day;
        cost numeric(12,2) = sum silver.ads_google_ads.cost, silver.ads_naver_ads.cost; sales numeric(14,2) = sum silver.orders.total_amount;
        roas numeric(8,4) = expr silver.orders.total_amount, silver.ads_google_ads.cost, silver.ads_naver_ads.cost)",
     "join silver.coupon_redemptions.order_id", 90},
    {"coupon_usage", "marketing", "쿠폰 사용 현황.", "Use of coupons.",
     R"(coupon_id bigint pk = id silver.coupons.coupon_id; coupon_name text = id silver.coupons.coupon_name;
        used bigint = count silver.coupon_redemptions.redemption_id; discount numeric(12,2) = sum silver.coupon_redemptions.discount_amount)",
     "", 400},
    {"inventory_daily", "logistics", "일별 재고.", "Stock at the end of a day.",
     R"(day date pk = max silver.stock_levels.updated_at; sku text pk = id silver.stock_levels.sku; on_hand bigint = sum silver.stock_levels.on_hand;
        incoming bigint = sum silver.purchase_order_lines.quantity; moved bigint = sum silver.stock_movements.quantity)",
     "join silver.purchase_order_lines.sku", 5200},
    {"stockout_risk", "logistics", "품절 위험.", "SKUs about to run out.",
     R"(sku text pk = id gold.inventory_daily.sku; days_left numeric(6,1) "소진까지 남은 일수" = expr gold.inventory_daily.on_hand, silver.order_items.quantity;
        risk text = expr gold.inventory_daily.on_hand)",
     "", 5200},
    {"delivery_sla", "logistics", "배송 준수율.", "Deliveries in time by carrier.",
     R"(day date pk = expr silver.shipments.delivered_at; carrier_code text pk = id silver.shipments.carrier_code;
        parcels bigint = count silver.shipments.shipment_id; late bigint = count silver.shipment_events.event_id;
        on_time_rate numeric(5,4) = expr silver.shipments.shipped_at, silver.shipments.delivered_at)",
     "join silver.shipment_events.shipment_id", 7},
    {"settlement_reconciliation", "finance", "PG 정산 대사.", "Payments against the gateway's settlement files.",
     R"(pg_transaction_id text pk = id silver.payments.pg_transaction_id; paid numeric(14,2) = id silver.payments.amount;
        settled numeric(14,2) = id silver.pg_settlement.amount; difference numeric(14,2) = expr silver.payments.amount, silver.pg_settlement.amount)",
     "join silver.pg_settlement.pg_transaction_id", 19000},
    {"pnl_monthly", "finance", "월별 손익.", "Monthly profit and loss.",
     R"(month date pk = expr silver.journal_entries.posted_on; account_code text pk = id silver.journal_lines.account_code;
        account_name text = id silver.accounts.account_name; amount numeric(18,2) = sum silver.journal_lines.debit, silver.journal_lines.credit)",
     "join silver.journal_entries.entry_id; group silver.accounts.account_type", 180},
    {"headcount", "hr", "인원 현황.", "Head count by department.",
     R"(month date pk = expr silver.employees.hired_on; department_name text pk = id silver.departments.department_name;
        employees bigint = count silver.employees.employee_id; minutes bigint = sum silver.attendance.minutes)",
     "join silver.departments.department_id", 30},
    {"payroll_cost", "hr", "인건비.", "Payroll cost by department.",
     R"(month date pk = id silver.salaries.month; department_id bigint pk = id silver.employees.department_id;
        cost numeric(16,2) = sum silver.salaries.base_pay, silver.salaries.bonus)",
     "join silver.employees.employee_id", 30},
};

constexpr MadeSpec kMart[] = {
    {"FINANCE.MART.REVENUE", "finance", "재무 마트: 매출.", "Finance mart: revenue.",
     R"(SALES_DATE DATE pk = id gold.daily_sales.sales_date; NET_SALES NUMBER(14,2) = sum gold.daily_sales.net_sales)",
     "", 3},
    {"FINANCE.MART.MARGIN", "finance", "재무 마트: 공헌이익.", "Finance mart: margin.",
     R"(ORDER_ID NUMBER pk = id gold.order_margin_v2.order_id; MARGIN NUMBER(14,2) = id gold.order_margin_v2.margin)",
     "", 18400},
    {"FINANCE.MART.PNL", "finance", "재무 마트: 손익.", "Finance mart: profit and loss.",
     R"(MONTH DATE pk = id gold.pnl_monthly.month; ACCOUNT_CODE VARCHAR pk = id gold.pnl_monthly.account_code;
        AMOUNT NUMBER(18,2) = id gold.pnl_monthly.amount)",
     "", 180},
    {"FINANCE.MART.RECONCILIATION", "finance", "재무 마트: 대사 차이.", "Finance mart: differences to settle.",
     R"(PG_TRANSACTION_ID VARCHAR pk = id gold.settlement_reconciliation.pg_transaction_id;
        DIFFERENCE NUMBER(14,2) = id gold.settlement_reconciliation.difference)",
     "filter gold.settlement_reconciliation.difference", 40},
    {"FINANCE.MART.PAYROLL", "hr", "재무 마트: 인건비.", "Finance mart: payroll.",
     R"(MONTH DATE pk = id gold.payroll_cost.month; COST NUMBER(16,2) = sum gold.payroll_cost.cost)", "", 1},
};

constexpr MadeSpec kExports[] = {
    {"marketing/crm_segments", "marketing", "CRM 발송 대상.", "Segments for the CRM tool.",
     R"(customer_id long = id gold.customer_segments.customer_id; segment string = id gold.customer_segments.segment)",
     "", 210000},
    {"marketing/kakao_audience", "marketing", "카카오 광고 모수.",
     "Audience for Kakao ads; e-mails leave only as hashes.",
     R"(email_hash string = id gold.customer_360.email_hash; segment string = id gold.customer_segments.segment)",
     "join gold.customer_segments.customer_id", 90000},
    {"partners/seller_settlement", "finance", "판매자 정산서 파일.", "Settlement statements for sellers.",
     R"(seller_id long = id gold.order_margin_v2.seller_id; amount decimal(14,2) = sum gold.order_margin_v2.revenue;
        commission decimal(14,2) = sum gold.order_margin_v2.commission)",
     "", 1500},
    {"partners/delivery_report", "logistics", "택배사 제공 리포트.", "Report for carriers.",
     R"(carrier_code string = id gold.delivery_sla.carrier_code; on_time_rate decimal(5,4) = id gold.delivery_sla.on_time_rate)",
     "", 7},
    {"ml/recommendation_features", "product", "추천 모델 피처.", "Features of the recommendation model.",
     R"(customer_id long = id gold.customer_360.customer_id; product_id long = id gold.product_performance.product_id;
        affinity double = expr gold.customer_360.orders, gold.product_performance.views)",
     "join gold.sessions.customer_id", 3200000},
    {"ml/demand_forecast", "logistics", "수요 예측 결과.", "Demand forecast.",
     R"(sku string = id gold.inventory_daily.sku; day date = expr gold.daily_sales_by_category.sales_date;
        forecast double = expr gold.inventory_daily.moved, gold.daily_sales_by_category.quantity)",
     "", 145000},
};

}  // namespace

std::span<const MadeSpec> GoldTables() { return kGold; }
std::span<const MadeSpec> MartTables() { return kMart; }
std::span<const MadeSpec> ExportFiles() { return kExports; }

}  // namespace cadastre::demo
