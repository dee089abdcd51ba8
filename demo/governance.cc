// What the steward of the demo sets: domains, owners, descriptions, classes, terms, dashboards, and who may see what.
#include <set>
#include <utility>

#include "demo/facets.h"
#include "demo/governance_parts.h"

namespace cadastre::demo {
namespace {

constexpr char kSpace[] = "haru";

json::object RefOf(const Dataset& dataset) { return Ref("dataset", dataset.ns, dataset.name); }

void Put(json::array& upserts, json::object asset, const char* aspect, json::object value) {
  upserts.push_back(json::object{{"asset", std::move(asset)}, {"aspect", json::object{{aspect, std::move(value)}}}});
}

void PutColumn(json::array& upserts, json::object asset, const std::string& column, const char* aspect,
               json::object value) {
  upserts.push_back(json::object{{"asset", std::move(asset)},
                                 {"column", json::object{{"path", Words({column})}}},
                                 {"aspect", json::object{{aspect, std::move(value)}}}});
}

json::object DomainRef(std::string_view name) { return Ref("domain", kSpace, name); }

void PutCommon(const Company& company, const json::object& asset, const std::string& domain, json::array& upserts) {
  Put(upserts, asset, "domain", json::object{{"domain", DomainRef(domain)}});
  Put(upserts, asset, "ownership",
      json::object{{"owners", List({{{"owner", company.DomainOf(domain).owner}, {"type", "OWNER"}}})}});
}

void Domains(const Company& company, json::array& upserts) {
  for (const Domain& domain : company.domains) {
    const json::object ref = DomainRef(domain.name);
    Put(upserts, ref, "displayName", json::object{{"name", domain.korean}});
    Put(upserts, ref, "documentation", json::object{{"text", domain.korean + "\n\n" + domain.english}});
    json::array owners = List({{{"owner", domain.owner}, {"type", "OWNER"}}});
    for (const std::string& steward : domain.stewards)
      owners.push_back(json::object{{"owner", steward}, {"type", "STEWARD"}});
    Put(upserts, ref, "ownership", json::object{{"owners", std::move(owners)}});
  }
}

// The container a dataset lies in: its schema, bucket prefix or cluster.
json::object ContainerOf(const Dataset& dataset) {
  const char separator = dataset.layer == Layer::kBronze || dataset.layer == Layer::kFile ? '/' : '.';
  const size_t at = dataset.layer == Layer::kTopic ? std::string::npos : dataset.name.rfind(separator);
  return Ref("container", dataset.ns, at == std::string::npos ? "cluster" : dataset.name.substr(0, at));
}

// What the analyst may not see (policy.cc).
bool IsClosed(const std::string& domain) { return domain == "hr" || domain == "finance"; }

void Datasets(const Company& company, json::array& upserts) {
  std::set<std::string> containers;
  for (const Dataset& dataset : company.datasets) {
    const json::object ref = RefOf(dataset);
    PutCommon(company, ref, dataset.domain, upserts);
    if (!dataset.old_name.empty())
      PutCommon(company, Ref("dataset", dataset.ns, dataset.old_name), dataset.domain, upserts);
    // Who may not see a table shall not find it by its other name.
    const auto other = OtherName(dataset, dataset.name);
    if (other && IsClosed(dataset.domain)) {
      PutCommon(company, Ref("dataset", other->first, other->second), dataset.domain, upserts);
    }
    const json::object container = ContainerOf(dataset);
    Put(upserts, ref, "container", json::object{{"container", container}});
    if (containers.insert(json::serialize(container)).second) {
      PutCommon(company, container, IsClosed(dataset.domain) ? dataset.domain : "platform", upserts);
    }
    const bool documented_by_dbt = dataset.layer == Layer::kSilver || dataset.layer == Layer::kGold;
    if (!documented_by_dbt)
      Put(upserts, ref, "documentation", json::object{{"text", dataset.korean + "\n\n" + dataset.english}});
    for (const Column& column : dataset.columns) {
      if (!column.pii || column.dropped_day != 0) continue;
      PutColumn(upserts, ref, column.name, "classifications",
                json::object{{"classifications", List({{{"name", "pii"}}})}});
    }
  }
  for (const Job& job : company.jobs) PutCommon(company, Ref("job", job.ns, job.name), job.domain, upserts);
}

struct Term {
  const char* name;
  const char* korean;
  const char* text;
  const char* dataset;
};

constexpr Term kTerms[] = {
    {"net_sales", "순매출", "총 매출에서 할인과 환불을 뺀 금액. Gross sales less discounts and refunds.",
     "gold.daily_sales"},
    {"gross_sales", "총매출", "결제된 주문 금액의 합. The sum of paid orders.", "gold.daily_sales"},
    {"contribution_margin", "공헌이익", "매출에서 변동비를 뺀 이익. Revenue less variable cost.",
     "gold.order_margin_v2"},
    {"lifetime_value", "고객 생애 가치", "한 회원이 지금까지 산 금액. What a member has bought so far.",
     "gold.customer_360"},
    {"retention", "재구매율", "다음 달에도 산 회원의 비율. The share of members who buy again.",
     "gold.customer_retention"},
    {"conversion", "구매 전환율", "주문으로 끝난 세션의 비율. Sessions that end in an order.", "gold.funnel_daily"},
    {"roas", "광고비 대비 매출", "Return on ad spend.", "gold.campaign_roi"},
    {"on_time_rate", "배송 준수율", "약속한 시간 안에 도착한 비율. Parcels that arrived in time.", "gold.delivery_sla"},
    {"stockout", "품절", "재고가 없어 팔 수 없는 상태. Nothing left to sell.", "gold.stockout_risk"},
    {"settlement", "정산", "판매자에게 지급할 금액의 확정. Fixing what a seller is paid.",
     "gold.settlement_reconciliation"},
};

void Terms(const Company& company, json::array& upserts) {
  std::set<std::string> given;
  for (const Term& term : kTerms) {
    const json::object ref = Ref("glossary_term", kSpace, term.name);
    Put(upserts, ref, "displayName", json::object{{"name", term.korean}});
    Put(upserts, ref, "documentation", json::object{{"text", term.text}});
    Put(upserts, ref, "domain", json::object{{"domain", DomainRef(company.DatasetOf(term.dataset).domain)}});
    if (!given.insert(term.dataset).second) continue;
    json::array terms;
    for (const Term& other : kTerms) {
      if (std::string_view(other.dataset) == term.dataset)
        terms.push_back(json::object{{"term", Ref("glossary_term", kSpace, other.name)}});
    }
    Put(upserts, RefOf(company.DatasetOf(term.dataset)), "glossaryTerms", json::object{{"terms", std::move(terms)}});
  }
}

void Marks(const Company& company, json::array& upserts) {
  for (const char* key : {"gold.daily_sales", "gold.customer_360", "gold.inventory_daily", "gold.pnl_monthly"}) {
    const json::object ref = RefOf(company.DatasetOf(key));
    Put(upserts, ref, "certification",
        json::object{{"level", "certified"}, {"note", "경영 지표로 승인됨. Approved as a company figure."}});
    Put(upserts, ref, "tags", json::object{{"tags", List({{{"key", "tier1"}}, {{"key", "kpi"}}})}});
    Put(upserts, ref, "serviceLevel", json::object{{"freshness", "매일 04:00 KST"}, {"availability", "99.5 %"}});
  }
  const Dataset& sales = company.DatasetOf("gold.daily_sales");
  Put(upserts, RefOf(sales), "links",
      json::object{{"links", List({{{"url", "https://wiki.haru.example/daily-sales"}, {"label", "지표 정의서"}}})}});
  Put(upserts, RefOf(sales), "customProperties",
      json::object{{"properties", json::object{{"cost_center", "D-110"}, {"slack", "#sales-data"}}}});
  PutColumn(upserts, RefOf(sales), "net_sales", "documentation",
            json::object{{"text", "총 매출 - 할인 - 환불. 부가세를 포함한다. VAT included."}});
  Put(upserts, RefOf(company.DatasetOf("gold.order_margin")), "deprecation",
      json::object{{"deprecated", true},
                   {"note", "배송비가 빠져 있다. 2판을 쓸 것. Leaves shipping out; use the second edition."},
                   {"replacement", RefOf(company.DatasetOf("gold.order_margin_v2"))}});
  const json::object product = Ref("data_product", kSpace, "customer_insight");
  Put(upserts, product, "displayName", json::object{{"name", "고객 인사이트"}});
  Put(upserts, product, "documentation",
      json::object{{"text", "고객 360과 세그먼트. Customer 360 and segments, kept as a product."}});
  PutCommon(company, product, "customer", upserts);
  for (const char* key : {"gold.customer_360", "gold.customer_segments", "gold.customer_retention"}) {
    Put(upserts, RefOf(company.DatasetOf(key)), "dataProduct", json::object{{"dataProduct", product}});
  }
}

struct Chart {
  const char* dashboard;
  const char* name;
  const char* korean;
  const char* dataset;
};

struct Dashboard {
  const char* name;
  const char* korean;
  const char* english;
  const char* domain;
};

constexpr Dashboard kDashboards[] = {
    {"sales_overview", "매출 현황", "Sales overview", "sales"},
    {"customer_health", "고객 현황", "Customer health", "customer"},
    {"marketing_performance", "마케팅 성과", "Marketing performance", "marketing"},
    {"product_and_search", "상품과 검색", "Products and search", "product"},
    {"logistics_control", "물류 관제", "Logistics control", "logistics"},
    {"finance_close", "결산", "Financial close", "finance"},
    {"people", "인사 현황", "People", "hr"},
};

constexpr Chart kCharts[] = {
    {"sales_overview", "daily_net_sales", "일별 순매출", "gold.daily_sales"},
    {"sales_overview", "monthly_sales", "월별 매출", "gold.monthly_sales"},
    {"sales_overview", "sales_by_category", "분류별 매출", "gold.daily_sales_by_category"},
    {"customer_health", "grades", "등급별 회원 수", "gold.customer_360"},
    {"customer_health", "retention_cohorts", "재구매 코호트", "gold.customer_retention"},
    {"customer_health", "segments", "세그먼트 분포", "gold.customer_segments"},
    {"marketing_performance", "roas_by_campaign", "캠페인별 ROAS", "gold.campaign_roi"},
    {"marketing_performance", "funnel", "구매 퍼널", "gold.funnel_daily"},
    {"marketing_performance", "coupon_cost", "쿠폰 비용", "gold.coupon_usage"},
    {"product_and_search", "top_products", "인기 상품", "gold.product_performance"},
    {"product_and_search", "no_result_searches", "결과 없는 검색", "gold.search_quality"},
    {"product_and_search", "seller_ranking", "판매자 순위", "gold.seller_performance"},
    {"logistics_control", "stock", "재고 추이", "gold.inventory_daily"},
    {"logistics_control", "stockout_list", "품절 위험 목록", "gold.stockout_risk"},
    {"logistics_control", "on_time", "배송 준수율", "gold.delivery_sla"},
    {"finance_close", "pnl", "월별 손익", "mart.FINANCE_MART_PNL"},
    {"finance_close", "margin", "공헌이익", "mart.FINANCE_MART_MARGIN"},
    {"finance_close", "reconciliation", "대사 차이", "gold.settlement_reconciliation"},
    {"people", "headcount", "인원 추이", "gold.headcount"},
    {"people", "payroll", "인건비", "gold.payroll_cost"},
};

void Dashboards(const Company& company, json::array& upserts, json::array& edges) {
  constexpr char kBi[] = "superset://bi";
  for (const Dashboard& dashboard : kDashboards) {
    const json::object ref = Ref("dashboard", kBi, dashboard.name);
    Put(upserts, ref, "displayName", json::object{{"name", dashboard.korean}});
    Put(upserts, ref, "documentation",
        json::object{{"text", std::string(dashboard.korean) + " 대시보드.\n\n" + dashboard.english + "."}});
    PutCommon(company, ref, dashboard.domain, upserts);
    for (const Chart& chart : kCharts) {
      if (std::string_view(chart.dashboard) != dashboard.name) continue;
      const json::object drawn = Ref("chart", kBi, std::string(dashboard.name) + "/" + chart.name);
      Put(upserts, drawn, "displayName", json::object{{"name", chart.korean}});
      Put(upserts, drawn, "container", json::object{{"container", ref}});
      PutCommon(company, drawn, dashboard.domain, upserts);
      edges.push_back(json::object{{"from", RefOf(company.DatasetOf(chart.dataset))}, {"to", drawn}});
      edges.push_back(json::object{{"from", drawn}, {"to", ref}});
    }
  }
}

}  // namespace

json::object Governance(const Scene& scene) {
  const Company& company = *scene.company;
  json::array upserts;
  json::array edges;
  Domains(company, upserts);
  Datasets(company, upserts);
  Terms(company, upserts);
  Marks(company, upserts);
  Dashboards(company, upserts, edges);
  json::object governance;
  governance["roles"] = Roles();
  governance["grants"] = Grants();
  governance["principals"] = Principals(company);
  governance["upserts"] = std::move(upserts);
  governance["edges"] = std::move(edges);
  return governance;
}

}  // namespace cadastre::demo
