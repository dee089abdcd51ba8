// Who moves the data, and when: connectors, Spark, Airflow, dbt, one Python service, one Flink job, the dashboards'
// caches.
#include <initializer_list>
#include <set>
#include <utility>

#include "demo/spec.h"

namespace cadastre::demo {
namespace {

constexpr int kHour = 3600;
constexpr char kAirflowNs[] = "airflow-prod";
constexpr char kDbtNs[] = "dbt-haru";
constexpr char kSparkNs[] = "spark-prod";

// What is told every day; everything else is told weekly or every second week, to keep the history small.
constexpr const char* kDaily[] = {"silver.orders", "silver.customers", "gold.daily_sales", "gold.customer_360",
                                  "gold.stockout_risk"};

bool IsDaily(const std::string& dataset) {
  for (const char* key : kDaily) {
    if (dataset == key) return true;
  }
  return false;
}

std::string After(std::string_view text, char separator) { return std::string(text.substr(text.rfind(separator) + 1)); }

void ConnectorJobs(Company& company) {
  for (const auto& [prefix, korean] :
       {std::pair{"shop.", "쇼핑몰 DB 변경 수집 커넥터."}, std::pair{"inventory.", "재고 DB 변경 수집 커넥터."}}) {
    Job job;
    job.key = std::string("cdc.") + prefix + "0";
    job.tool = Tool::kDebezium;
    job.ns = "debezium";
    job.name = std::string(prefix) + "0";
    job.type = "TASK";
    job.domain = "platform";
    job.korean = korean;
    job.english = "Change data capture into Kafka.";
    job.every_days = 30;
    for (const Dataset& dataset : company.datasets) {
      if (!dataset.key.starts_with(prefix)) continue;
      const std::string topic = "topic." + dataset.key.substr(std::string(prefix).size());
      if (!company.dataset_by_key.contains(topic)) continue;
      job.inputs.push_back(dataset.key);
      job.outputs.push_back(topic);
    }
    company.Add(std::move(job));
  }
  Job notifier;
  notifier.key = "flink.order_notifier";
  notifier.tool = Tool::kFlink;
  notifier.ns = "flink-prod";
  notifier.name = "order_notifier";
  notifier.type = "JOB";
  notifier.domain = "sales";
  notifier.korean = "주문 알림톡 스트리밍 작업.";
  notifier.english = "Streams order events to the notification topic.";
  notifier.every_days = 30;
  notifier.inputs = {"topic.orders", "topic.customers"};
  notifier.outputs = {"topic.shop_order_notifications"};
  company.Add(std::move(notifier));
}

struct DagSpec {
  const char* dag;
  const char* korean;
  const char* english;
  const char* domain;
  int every_days;
  int starts_at;
};

constexpr DagSpec kDags[] = {
    {"lake_ingest", "레이크 적재 DAG.", "Fills the lake from Kafka.", "platform", 7, 15 * kHour},
    {"extract_backoffice", "인사·재무 DB 추출 DAG.", "Extracts people and ledger databases.", "platform", 7,
     15 * kHour},
    {"partner_files", "협력사 파일 수신·송신 DAG.", "Files from and to partners.", "finance", 7, 16 * kHour},
    {"warehouse_daily", "웨어하우스 일 배치 DAG.", "The warehouse's daily batch.", "platform", 1, 17 * kHour},
    {"finance_mart", "재무 마트 적재 DAG.", "Fills the finance mart.", "finance", 7, 19 * kHour},
    {"exports", "외부 제공 파일 DAG.", "Files that leave the company.", "marketing", 7, 19 * kHour},
    {"ml_daily", "머신러닝 피처·예측 DAG.", "Features and forecasts.", "product", 7, 20 * kHour},
    {"data_quality", "데이터 품질 점검 DAG.", "Profiles the tables that matter.", "platform", 7, 21 * kHour},
};

void Dags(Company& company) {
  for (const DagSpec& spec : kDags) {
    Job dag;
    dag.key = spec.dag;
    dag.tool = Tool::kAirflow;
    dag.ns = kAirflowNs;
    dag.name = spec.dag;
    dag.type = "DAG";
    dag.domain = spec.domain;
    dag.korean = spec.korean;
    dag.english = spec.english;
    dag.source_path = std::string("dags/") + spec.dag + ".py";
    dag.every_days = spec.every_days;
    dag.starts_at = spec.starts_at;
    dag.lasts = 3000;
    company.Add(std::move(dag));
  }
}

Job Task(const Company& company, const char* dag, const std::string& task, std::vector<std::string> inputs,
         std::vector<std::string> outputs) {
  const Job& parent = company.JobOf(dag);
  Job job;
  job.key = std::string(dag) + "." + task;
  job.tool = Tool::kAirflow;
  job.ns = kAirflowNs;
  job.name = job.key;
  job.type = "TASK";
  job.parent = dag;
  job.domain = parent.domain;
  if (!outputs.empty()) {
    const Dataset& written = company.DatasetOf(outputs.front());
    job.domain = written.domain;
    job.korean = "적재: " + written.korean;
    job.english = "Writes: " + written.english;
  } else {
    job.korean = parent.korean;
    job.english = parent.english;
  }
  job.source_path = parent.source_path;
  job.inputs = std::move(inputs);
  job.outputs = std::move(outputs);
  job.every_days = parent.every_days == 1 ? 1 : 14;
  job.starts_at = parent.starts_at + 60;
  job.lasts = 420;
  return job;
}

// The distinct datasets a made table reads.
std::vector<std::string> InputsOf(const Dataset& dataset) {
  std::vector<std::string> inputs;
  std::set<std::string> seen;
  const auto add = [&](const Origin& origin) {
    if (seen.insert(origin.dataset).second) inputs.push_back(origin.dataset);
  };
  for (const Column& column : dataset.columns) {
    for (const Origin& origin : column.from) add(origin);
  }
  for (const Origin& origin : dataset.shaped_by) add(origin);
  return inputs;
}

void SparkJobs(Company& company) {
  Job submit = Task(company, "lake_ingest", "submit_bronze_ingest", {}, {});
  submit.every_days = 7;
  company.Add(std::move(submit));
  Job app;
  app.key = "bronze_ingest";
  app.tool = Tool::kSpark;
  app.ns = kSparkNs;
  app.name = "bronze_ingest";
  app.type = "APPLICATION";
  app.parent = "lake_ingest.submit_bronze_ingest";
  app.domain = "platform";
  app.korean = "카프카 토픽을 브론즈 테이블로 적재하는 스파크 앱.";
  app.english = "Appends Kafka topics to bronze tables.";
  app.source_path = "spark/bronze_ingest.py";
  app.every_days = 7;
  app.starts_at = 15 * kHour + 120;
  app.lasts = 1500;
  company.Add(app);
  for (const Dataset& dataset : company.datasets) {
    if (dataset.layer != Layer::kBronze) continue;
    const std::string from = InputsOf(dataset).front();
    if (!from.starts_with("topic.")) continue;
    Job job = app;
    job.key = "bronze_ingest." + dataset.key.substr(7);
    job.name = "bronze_ingest.append_data_exec_v1.bronze_" + dataset.key.substr(7);
    job.type = "SQL_JOB";
    job.parent = "bronze_ingest";
    job.domain = dataset.domain;
    job.inputs = {from};
    job.outputs = {dataset.key};
    job.every_days = 14;
    job.starts_at += 60;
    job.lasts = 240;
    company.Add(std::move(job));
  }
}

void SparkModels(Company& company) {
  for (const char* key : {"export.ml_recommendation_features", "export.ml_demand_forecast"}) {
    const Dataset& dataset = company.DatasetOf(key);
    const std::string name = After(dataset.name, '/');
    Job task = Task(company, "ml_daily", name, {}, {});
    task.domain = dataset.domain;
    company.Add(task);
    Job job = task;
    job.key = "ml." + name;
    job.tool = Tool::kSpark;
    job.ns = kSparkNs;
    job.name = name;
    job.type = "APPLICATION";
    job.parent = task.key;
    job.korean = dataset.korean;
    job.english = dataset.english;
    job.source_path = "spark/" + name + ".py";
    job.inputs = InputsOf(dataset);
    job.outputs = {key};
    job.starts_at = task.starts_at + 30;
    job.lasts = 1900;
    company.Add(std::move(job));
  }
  Job backfill;
  backfill.key = "backfill_returns_2019";
  backfill.tool = Tool::kSpark;
  backfill.ns = kSparkNs;
  backfill.name = "backfill_returns_2019";
  backfill.type = "APPLICATION";
  backfill.domain = "sales";
  backfill.korean = "2019년 반품 데이터 보정 작업(1회).";
  backfill.english = "Backfills the returns of 2019, once.";
  backfill.source_path = "spark/backfill_returns_2019.py";
  backfill.inputs = {"inbound.returns_returns_2019_csv"};
  backfill.outputs = {"silver.returns"};
  backfill.every_days = 0;
  backfill.starts_at = 4 * kHour;
  backfill.lasts = 2700;
  company.Add(std::move(backfill));
}

void AirflowTasks(Company& company) {
  for (const Dataset& dataset : company.datasets) {
    if (dataset.layer != Layer::kBronze) continue;
    const std::string from = InputsOf(dataset).front();
    const std::string table = dataset.key.substr(7);
    if (from.starts_with("hr.") || from.starts_with("finance.")) {
      company.Add(Task(company, "extract_backoffice", "extract_" + table, {from}, {dataset.key}));
    } else if (from.starts_with("inbound.")) {
      company.Add(Task(company, "partner_files", "load_" + table, {from}, {dataset.key}));
    }
  }
  for (const MadeSpec& spec : MartTables()) {
    const Dataset& dataset = company.DatasetOf(std::string("mart.FINANCE_MART_") + After(spec.name, '.'));
    std::string task = "load_" + After(spec.name, '.');
    for (char& c : task) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    company.Add(Task(company, "finance_mart", task, InputsOf(dataset), {dataset.key}));
  }
  for (const char* key : {"export.marketing_crm_segments", "export.marketing_kakao_audience"}) {
    const Dataset& dataset = company.DatasetOf(key);
    company.Add(Task(company, "exports", After(dataset.name, '/'), InputsOf(dataset), {dataset.key}));
  }
  Job report = Task(company, "partner_files", "upload_delivery_report", {"gold.delivery_sla"},
                    {"export.partners_delivery_report"});
  report.every_days = 7;
  company.Add(std::move(report));
  for (const char* key : {"silver.orders", "gold.daily_sales"}) {
    Job profile = Task(company, "data_quality", "profile_" + After(key, '.'), {key}, {});
    profile.type = "TASK";
    profile.every_days = 7;
    profile.domain = company.DatasetOf(key).domain;
    company.Add(std::move(profile));
  }
}

void DbtJobs(Company& company) {
  company.Add(Task(company, "warehouse_daily", "dbt_build", {}, {}));
  Job root;
  root.key = "dbt-run";
  root.tool = Tool::kDbt;
  root.ns = kDbtNs;
  root.name = "dbt-run-haru";
  root.type = "JOB";
  root.parent = "warehouse_daily.dbt_build";
  root.domain = "platform";
  root.korean = "dbt 전체 모델 실행.";
  root.english = "Builds all dbt models.";
  root.starts_at = 17 * kHour + 90;
  root.lasts = 2400;
  company.Add(root);
  for (const Dataset& dataset : company.datasets) {
    if (dataset.layer != Layer::kSilver && dataset.layer != Layer::kGold) continue;
    const bool gold = dataset.layer == Layer::kGold;
    Job model = root;
    model.key = "model." + dataset.key;
    model.name = (gold ? "dw.gold.haru." : "dw.silver.haru.") + After(dataset.key, '.');
    model.type = "MODEL";
    model.parent = "dbt-run";
    model.domain = dataset.domain;
    model.korean = "모델: " + dataset.korean;
    model.english = "Model: " + dataset.english;
    model.source_path = (gold ? "models/gold/" : "models/silver/") + After(dataset.key, '.') + ".sql";
    model.inputs = InputsOf(dataset);
    model.outputs = {dataset.key};
    model.every_days = IsDaily(dataset.key) ? 1 : 14;
    model.starts_at = root.starts_at + (gold ? 900 : 60);
    model.lasts = 180;
    if (dataset.key == "gold.stockout_risk") {
      model.old_inputs = model.inputs;
      model.old_inputs.push_back("silver.stock_movements");
      model.repointed_day = 60;
    }
    company.Add(std::move(model));
  }
  for (const char* table : {"daily_sales", "monthly_sales", "order_margin_v2", "customer_360", "product_performance",
                            "inventory_daily", "settlement_reconciliation", "campaign_roi"}) {
    const Dataset& dataset = company.DatasetOf(std::string("gold.") + table);
    Job test = root;
    test.key = std::string("test.gold.") + table;
    test.name = std::string("dw.gold.haru.") + table + ".test";
    test.type = "TEST";
    test.parent = "dbt-run";
    test.domain = dataset.domain;
    test.korean = "검사: " + dataset.korean;
    test.english = "Tests: " + dataset.english;
    test.source_path = std::string("models/gold/") + table + ".yml";
    test.inputs = {dataset.key};
    test.every_days = 7;
    test.starts_at = root.starts_at + 1500;
    test.lasts = 40;
    company.Add(std::move(test));
  }
}

void SettlementService(Company& company) {
  Job job;
  job.key = "settlement.calculate";
  job.tool = Tool::kPython;
  job.ns = "settlement-service";
  job.name = "seller_settlement.calculate";
  job.type = "JOB";
  job.domain = "finance";
  job.korean = "판매자 정산 금액을 계산해 정산서를 만든다.";
  job.english = "Calculates what sellers are paid and writes their statements.";
  job.source_path = "settlement/calculate.py";
  job.inputs = {"gold.order_margin_v2"};
  job.old_inputs = {"gold.order_margin"};
  job.repointed_day = 20;
  job.outputs = {"export.partners_seller_settlement"};
  job.states_lineage = true;
  job.starts_at = 21 * kHour;
  job.lasts = 600;
  company.Add(std::move(job));
}

void DashboardCaches(Company& company) {
  const std::pair<const char*, std::vector<std::string>> kCaches[] = {
      {"sales_overview", {"gold.daily_sales", "gold.monthly_sales", "gold.daily_sales_by_category"}},
      {"customer_health", {"gold.customer_360", "gold.customer_retention", "gold.customer_segments"}},
      {"marketing_performance", {"gold.campaign_roi", "gold.funnel_daily", "gold.coupon_usage"}},
      {"product_and_search", {"gold.product_performance", "gold.search_quality", "gold.seller_performance"}},
      {"logistics_control", {"gold.inventory_daily", "gold.stockout_risk", "gold.delivery_sla"}},
      {"finance_close", {"mart.FINANCE_MART_PNL", "mart.FINANCE_MART_MARGIN", "gold.settlement_reconciliation"}},
      {"people", {"gold.headcount", "gold.payroll_cost"}},
  };
  for (const auto& [name, inputs] : kCaches) {
    Job job;
    job.key = std::string("superset.") + name;
    job.tool = Tool::kSuperset;
    job.ns = "superset-prod";
    job.name = std::string("cache_warmup.") + name;
    job.type = "CACHE_WARMUP";
    job.domain = company.DatasetOf(inputs.front()).domain;
    job.korean = "대시보드 캐시 준비.";
    job.english = "Warms the cache of a dashboard.";
    job.inputs = inputs;
    job.every_days = 0;
    company.Add(std::move(job));
  }
}

}  // namespace

void AddJobs(Company& company) {
  ConnectorJobs(company);
  Dags(company);
  SparkJobs(company);
  AirflowTasks(company);
  DbtJobs(company);
  SparkModels(company);
  SettlementService(company);
  DashboardCaches(company);
}

}  // namespace cadastre::demo
