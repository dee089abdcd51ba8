// The shop's own database: PostgreSQL, followed by change data capture.
#include "demo/spec.h"

namespace cadastre::demo {
namespace {

constexpr TableSpec kShop[] = {
    {"customers", "customer", "회원. 가입한 고객 한 명마다 한 행.", "Members: one row per registered customer.",
     R"(customer_id bigint pk "회원 번호"; email varchar(320) pii "E-mail address, unique"; name varchar(100) pii "이름";
        phone varchar(20) pii "휴대전화 번호"; fax_number varchar(20) ~40 "No longer asked for"; birth_date date pii;
        grade_code varchar(8) "회원 등급"; signup_channel varchar(16); marketing_consent boolean; ...)",
     420, true},
    {"customer_addresses", "customer", "회원이 저장한 배송지.", "Delivery addresses members saved.",
     R"(address_id bigint pk; customer_id bigint; recipient varchar(100) pii; phone varchar(20) pii; postal_code char(5);
        road_address varchar(300) pii "도로명 주소"; is_default boolean; ...)",
     510, true},
    {"customer_consents", "customer", "개인정보·마케팅 동의 이력.", "Consents given and withdrawn, one row per change.",
     R"(consent_id bigint pk; customer_id bigint; purpose varchar(40); given boolean; consented_at timestamptz)", 300},
    {"membership_grades", "customer", "회원 등급 기준표.", "Membership grades and what earns them.",
     R"(grade_code varchar(8) pk; grade_name varchar(40); min_spend numeric(14,2); point_rate numeric(5,4))", 5},
    {"orders", "sales", "주문. 결제까지 마친 주문 한 건마다 한 행.", "Orders: one row per order that was paid for.",
     R"(order_id bigint pk "주문 번호"; customer_id bigint "회원 번호"; seller_id bigint; channel varchar(16) "web, app, kakao";
        status varchar(16) "주문 상태"; total_amount numeric(14,2) "총 주문 금액, VAT included"; discount_amount numeric(14,2);
        shipping_fee numeric(10,2); coupon_id bigint; ordered_at timestamptz "주문 시각"; ...)",
     18400, true},
    {"order_items", "sales", "주문 상품. 주문 한 건에 담긴 상품별 한 행.", "Lines of an order.",
     R"(order_item_id bigint pk; order_id bigint; product_id bigint; option_id bigint; quantity integer "수량";
        unit_price numeric(12,2) "판매 단가"; unit_cost numeric(12,2) "매입 단가"; line_amount numeric(14,2))",
     41200, true},
    {"order_status_history", "sales", "주문 상태 변경 이력.", "Every change of an order's status.",
     R"(history_id bigint pk; order_id bigint; status varchar(16); changed_by varchar(40); changed_at timestamptz)",
     72100},
    {"payments", "sales", "결제. 승인과 취소를 모두 담는다.", "Payments: approvals and cancellations.",
     R"(payment_id bigint pk; order_id bigint; method_code varchar(16) "결제 수단"; amount numeric(14,2); pg_transaction_id varchar(64);
        card_number_masked varchar(24) pii; approved_at timestamptz; cancelled_at timestamptz; status varchar(16))",
     19100, true},
    {"payment_methods", "sales", "결제 수단 코드표.", "Codes of payment methods.",
     R"(method_code varchar(16) pk; method_name varchar(40); pg_name varchar(40); fee_rate numeric(6,4))", 12},
    {"refunds", "sales", "환불. 결제 취소 또는 반품으로 돌려준 금액.", "Refunds of cancelled or returned orders.",
     R"(refund_id bigint pk; order_id bigint; payment_id bigint; amount numeric(14,2) "환불 금액"; reason_code varchar(16);
        account_number varchar(40) pii "환불 계좌"; refunded_at timestamptz)",
     900, true},
    {"carts", "sales", "장바구니.", "Shopping carts.",
     R"(cart_id bigint pk; customer_id bigint; device varchar(16); ...)", 22000},
    {"cart_items", "sales", "장바구니에 담긴 상품.", "What lies in a cart.",
     R"(cart_item_id bigint pk; cart_id bigint; product_id bigint; quantity integer; added_at timestamptz)", 51000},
    {"coupons", "marketing", "쿠폰 정책.", "Coupons and their rules.",
     R"(coupon_id bigint pk; coupon_name varchar(100); discount_type varchar(8); discount_value numeric(12,2); valid_from date;
        valid_to date; campaign_id bigint)",
     40, true},
    {"coupon_redemptions", "marketing", "쿠폰 사용 내역.", "Coupons that were used.",
     R"(redemption_id bigint pk; coupon_id bigint; customer_id bigint; order_id bigint; discount_amount numeric(12,2); redeemed_at timestamptz)",
     3100, true},
    {"promotions", "marketing", "기획전과 프로모션.", "Promotions and their budgets.",
     R"(promotion_id bigint pk; title varchar(200); campaign_id bigint; budget numeric(14,2); starts_at timestamptz; ends_at timestamptz)",
     25},
    {"products", "product", "상품 마스터.", "The product master.",
     R"(product_id bigint pk; product_name varchar(200) "상품명"; brand_id bigint; category_id bigint; seller_id bigint;
        list_price numeric(12,2); sale_price numeric(12,2); status varchar(16); ...)",
     860, true},
    {"product_categories", "product", "상품 분류 체계.", "The category tree.",
     R"(category_id bigint pk; parent_id bigint; category_name varchar(100); depth integer)", 6, true},
    {"product_options", "product", "상품 옵션(색상, 크기).", "Options of a product: colour, size.",
     R"(option_id bigint pk; product_id bigint; option_name varchar(100); extra_price numeric(12,2); sku varchar(40))",
     1900},
    {"product_reviews", "product", "상품 후기.", "Reviews members wrote.",
     R"(review_id bigint pk; product_id bigint; customer_id bigint; rating smallint; body text; written_at timestamptz)",
     2400, true},
    {"brands", "product", "브랜드.", "Brands.", R"(brand_id bigint pk; brand_name varchar(100); country char(2))", 3},
    {"sellers", "product", "입점 판매자.", "Sellers on the marketplace.",
     R"(seller_id bigint pk; seller_name varchar(100); business_number varchar(12); bank_account varchar(40) pii;
        commission_rate numeric(6,4) "판매 수수료율"; contract_from date)",
     15, true},
    {"returns", "sales", "반품 신청.", "Returns asked for.",
     R"(return_id bigint pk; order_id bigint; reason_code varchar(16); status varchar(16); requested_at timestamptz; collected_at timestamptz)",
     880, true},
    {"return_items", "sales", "반품 상품.", "Lines of a return.",
     R"(return_item_id bigint pk; return_id bigint; order_item_id bigint; quantity integer)", 1020},
    {"wishlists", "customer", "찜한 상품.", "Products members marked.",
     R"(wishlist_id bigint pk; customer_id bigint; product_id bigint; added_at timestamptz)", 9300},
    {"point_ledger", "customer", "적립금 원장. 적립과 사용을 한 행씩 남긴다.", "Points earned and spent, one row each.",
     R"(entry_id bigint pk; customer_id bigint; order_id bigint; points integer; reason varchar(40); entered_at timestamptz)",
     17800, true},
    {"inquiries", "customer", "1:1 문의.", "Questions to customer service.",
     R"(inquiry_id bigint pk; customer_id bigint; order_id bigint; category varchar(40); title varchar(200); body text pii; answered_at timestamptz; ...)",
     740},
};

}  // namespace

std::span<const TableSpec> ShopTables() { return kShop; }

}  // namespace cadastre::demo
