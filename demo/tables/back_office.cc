// What stands behind the shop: inventory (MySQL), people and ledger (PostgreSQL), event topics and files of partners.
#include "demo/spec.h"

namespace cadastre::demo {
namespace {

constexpr TableSpec kInventory[] = {
    {"stock_levels", "logistics", "창고별 현재고.", "Stock on hand by warehouse and SKU.",
     R"(warehouse_id int pk; sku varchar(40) pk; on_hand int "현재고"; reserved int; updated_at datetime)", 5200, true},
    {"stock_movements", "logistics", "입출고 내역.", "Every movement of stock.",
     R"(movement_id bigint pk; warehouse_id int; sku varchar(40); quantity int; movement_type varchar(16); moved_at datetime)",
     61000, true},
    {"warehouses", "logistics", "물류 창고.", "Warehouses.",
     R"(warehouse_id int pk; warehouse_name varchar(100); region varchar(40); capacity int)", 4},
    {"storage_locations", "logistics", "창고 내 적치 위치.", "Shelves of a warehouse.",
     R"(location_id int pk; warehouse_id int; aisle varchar(8); shelf varchar(8))", 900},
    {"suppliers", "logistics", "공급사.", "Suppliers.",
     R"(supplier_id int pk; supplier_name varchar(100); contact_name varchar(100) pii; contact_phone varchar(20) pii; lead_time_days int)",
     60},
    {"purchase_orders", "logistics", "발주서.", "Purchase orders to suppliers.",
     R"(purchase_order_id bigint pk; supplier_id int; status varchar(16); ordered_at datetime; expected_at date)", 210,
     true},
    {"purchase_order_lines", "logistics", "발주 품목.", "Lines of a purchase order.",
     R"(line_id bigint pk; purchase_order_id bigint; sku varchar(40); quantity int; unit_cost decimal(12,2))", 1400,
     true},
    {"goods_receipts", "logistics", "입고 내역.", "Goods received.",
     R"(receipt_id bigint pk; purchase_order_id bigint; sku varchar(40); quantity int; received_at datetime)", 1300},
    {"shipments", "logistics", "출고·배송.", "Parcels sent.",
     R"(shipment_id bigint pk; order_id bigint; warehouse_id int; carrier_code varchar(8); tracking_number varchar(40);
        shipped_at datetime; delivered_at datetime; status varchar(16))",
     18100, true},
    {"shipment_events", "logistics", "배송 추적 이력.", "What carriers reported about a parcel.",
     R"(event_id bigint pk; shipment_id bigint; status varchar(16); place varchar(100); occurred_at datetime)", 70400,
     true},
    {"carriers", "logistics", "택배사 코드표.", "Codes of carriers.",
     R"(carrier_code varchar(8) pk; carrier_name varchar(40); sla_hours int)", 7},
    {"delivery_zones", "logistics", "새벽배송 권역.", "Zones of dawn delivery.",
     R"(zone_id int pk; zone_name varchar(40); postal_prefix char(3))", 120},
};

constexpr TableSpec kHr[] = {
    {"employees", "hr", "임직원.", "Employees.",
     R"(employee_id bigint pk; name varchar(100) pii; email varchar(320) pii; resident_number varchar(14) pii "주민등록번호";
        department_id bigint; position_code varchar(8); hired_on date; left_on date)",
     340, true},
    {"departments", "hr", "부서.", "Departments.",
     R"(department_id bigint pk; department_name varchar(100); parent_id bigint; cost_center varchar(12))", 30, true},
    {"positions", "hr", "직급 코드표.", "Codes of positions.",
     R"(position_code varchar(8) pk; position_name varchar(40); band smallint)", 9},
    {"salaries", "hr", "급여.", "Salaries, one row per month and employee.",
     R"(salary_id bigint pk; employee_id bigint; month date; base_pay numeric(14,2) pii "기본급"; bonus numeric(14,2) pii; deduction numeric(14,2) pii)",
     340, true},
    {"attendance", "hr", "근태.", "Attendance.",
     R"(attendance_id bigint pk; employee_id bigint; work_date date; minutes integer)", 320, true},
    {"leaves", "hr", "휴가.", "Leave taken.",
     R"(leave_id bigint pk; employee_id bigint; kind varchar(16); from_date date; to_date date)", 12},
    {"evaluations", "hr", "인사 평가.", "Yearly evaluations.",
     R"(evaluation_id bigint pk; employee_id bigint; year smallint; grade char(1) pii)", 340},
};

constexpr TableSpec kFinance[] = {
    {"accounts", "finance", "계정 과목.", "The chart of accounts.",
     R"(account_code varchar(12) pk; account_name varchar(100); account_type varchar(16))", 180, true},
    {"journal_entries", "finance", "전표.", "Journal entries.",
     R"(entry_id bigint pk; posted_on date; description text; source varchar(40))", 620, true},
    {"journal_lines", "finance", "전표 상세.", "Lines of a journal entry.",
     R"(line_id bigint pk; entry_id bigint; account_code varchar(12); debit numeric(18,2); credit numeric(18,2); cost_center varchar(12))",
     1900, true},
    {"invoices", "finance", "세금계산서.", "Tax invoices.",
     R"(invoice_id bigint pk; seller_id bigint; issued_on date; supply_amount numeric(14,2); vat numeric(14,2))", 75},
    {"settlements", "finance", "판매자 정산.", "Settlements paid to sellers.",
     R"(settlement_id bigint pk; seller_id bigint; period_start date; period_end date; amount numeric(14,2); paid_at timestamptz)",
     75, true},
    {"tax_filings", "finance", "부가세 신고.", "VAT filings.",
     R"(filing_id bigint pk; quarter char(6); vat_payable numeric(18,2); filed_at timestamptz)", 1},
};

constexpr TableSpec kTopics[] = {
    {"web.clickstream", "marketing", "웹 행동 로그.", "Clicks and page views of the web shop.",
     R"(event_id string; session_id string; customer_id long; ip_address string pii; url string; referrer string; product_id long; occurred_at long)",
     910000, true},
    {"app.events", "marketing", "앱 행동 로그.", "Events of the mobile app.",
     R"(event_id string; session_id string; customer_id long; device_id string pii; screen string; action string; product_id long; occurred_at long)",
     1240000, true},
    {"web.search_queries", "product", "검색어 로그.", "What shoppers searched for.",
     R"(event_id string; session_id string; query string; results int; clicked_product_id long; occurred_at long)",
     130000, true},
    {"shop.order_notifications", "sales", "주문 알림톡 발송 요청.", "Requests to notify customers of an order.",
     R"(order_id long; customer_id long; phone string pii; template string; requested_at long)", 18400, true},
};

constexpr TableSpec kInbound[] = {
    {"pg/settlement", "finance", "PG사 정산 파일.", "Settlement files of the payment gateway.",
     R"(pg_transaction_id string; amount decimal(14,2); fee decimal(12,2); settled_on date)", 19000, true},
    {"ads/google_ads", "marketing", "구글 광고비.", "Spend reported by Google Ads.",
     R"(campaign_id long; day date; impressions long; clicks long; cost decimal(12,2))", 340, true},
    {"ads/naver_ads", "marketing", "네이버 광고비.", "Spend reported by Naver.",
     R"(campaign_id long; day date; impressions long; clicks long; cost decimal(12,2))", 410, true},
    {"returns/returns_2019.csv", "sales", "2019년 반품 이관 파일.",
     "Returns of 2019, handed over by the old call centre.",
     R"(return_id long; order_id long; reason_code string; requested_at string)", 48211},
};

}  // namespace

std::span<const TableSpec> InventoryTables() { return kInventory; }
std::span<const TableSpec> HrTables() { return kHr; }
std::span<const TableSpec> FinanceTables() { return kFinance; }
std::span<const TableSpec> EventTopics() { return kTopics; }
std::span<const TableSpec> InboundFiles() { return kInbound; }

}  // namespace cadastre::demo
