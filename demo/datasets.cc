// How one table becomes many: source, topic, bronze and silver follow from each other by rule.
#include <utility>

#include "demo/spec.h"

namespace cadastre::demo {
namespace {

constexpr char kShopDb[] = "postgres://shop-db:5432";
constexpr char kInventoryDb[] = "mysql://inventory-db:3306";
constexpr char kHrDb[] = "postgres://hr-db:5432";
constexpr char kFinanceDb[] = "postgres://finance-db:5432";
constexpr char kKafka[] = "kafka://kafka:9092";
constexpr char kLake[] = "s3://haru-lake";
constexpr char kWarehouse[] = "postgres://warehouse:5432";
constexpr char kMartAccount[] = "snowflake://haru-fin";
constexpr char kPartners[] = "s3://haru-partners";
constexpr char kExportBucket[] = "s3://haru-exports";

std::string Plain(std::string_view name) {
  std::string plain(name);
  for (char& c : plain) {
    if (c == '.' || c == '/') c = '_';
  }
  return plain;
}

struct Home {
  Layer layer;
  const char* key_prefix;
  const char* ns;
  const char* name_prefix;
};

Dataset FromTable(const TableSpec& spec, const Home& home) {
  Dataset dataset;
  dataset.key = home.key_prefix + Plain(spec.name);
  dataset.layer = home.layer;
  dataset.ns = home.ns;
  dataset.name = std::string(home.name_prefix) + spec.name;
  dataset.domain = spec.domain;
  dataset.korean = spec.korean;
  dataset.english = spec.english;
  dataset.columns = ParseColumns(spec.columns);
  dataset.rows = spec.rows;
  return dataset;
}

// The same rows one layer further: columns stay, unless `derive` changes one.
Dataset Next(const Dataset& from, const Home& home, std::string_view table) {
  Dataset next = from;
  next.key = home.key_prefix + std::string(table);
  next.layer = home.layer;
  next.ns = home.ns;
  next.name = std::string(home.name_prefix) + std::string(table);
  for (Column& column : next.columns) {
    column.doc.clear();
    column.from = {{"id", from.key, column.name}};
  }
  return next;
}

void AddChangeColumns(Dataset& topic, const Dataset& source) {
  const std::string first = source.columns.front().name;
  for (const auto& [name, type] : {std::pair{"__op", "string"}, std::pair{"__source_ts_ms", "long"}}) {
    Column column;
    column.name = name;
    column.type = type;
    column.from = {{"expr", source.key, first}};
    topic.columns.push_back(std::move(column));
  }
}

// Silver keeps no e-mail, phone or device in clear: they leave bronze hashed.
Dataset Silver(const Dataset& bronze, std::string_view table) {
  Dataset silver = Next(bronze, {Layer::kSilver, "silver.", kWarehouse, "dw.silver."}, table);
  std::erase_if(silver.columns,
                [](const Column& column) { return column.name.starts_with("__") || column.dropped_day != 0; });
  for (Column& column : silver.columns) {
    const bool hashed = column.name == "email" || column.name == "phone" || column.name == "device_id";
    if (!hashed) continue;
    column.from.front().op = "hash";
    column.name += "_hash";
    column.type = "text";
    column.pii = false;
    column.doc = "SHA-256, salted";
  }
  silver.shaped_by = {{"filter", bronze.key, bronze.columns.front().name}};
  return silver;
}

void AddLake(Company& company, const Dataset& landed, const char* table) {
  Dataset bronze = Next(landed, {Layer::kBronze, "bronze.", kLake, "bronze/"}, table);
  company.Add(bronze);
  company.Add(Silver(bronze, table));
}

void AddCaptured(Company& company, const TableSpec& spec, const Home& source_home, const char* topic_prefix) {
  Dataset source = FromTable(spec, source_home);
  company.Add(source);
  if (!spec.flows) return;
  Dataset topic = Next(source, {Layer::kTopic, "topic.", kKafka, topic_prefix}, spec.name);
  AddChangeColumns(topic, source);
  company.Add(topic);
  AddLake(company, topic, spec.name);
}

void AddExtracted(Company& company, const TableSpec& spec, const Home& home) {
  Dataset source = FromTable(spec, home);
  company.Add(source);
  if (spec.flows) AddLake(company, source, Plain(spec.name).c_str());
}

Dataset Made(const MadeSpec& spec, const Home& home) {
  Dataset dataset;
  dataset.key = home.key_prefix + Plain(spec.name);
  dataset.layer = home.layer;
  dataset.ns = home.ns;
  dataset.name = std::string(home.name_prefix) + spec.name;
  dataset.domain = spec.domain;
  dataset.korean = spec.korean;
  dataset.english = spec.english;
  dataset.columns = ParseColumns(spec.columns);
  dataset.shaped_by = ParseOrigins(spec.shaped_by);
  dataset.rows = spec.rows;
  return dataset;
}

}  // namespace

void AddDatasets(Company& company) {
  for (const TableSpec& spec : ShopTables()) {
    AddCaptured(company, spec, {Layer::kSource, "shop.", kShopDb, "shop.public."}, "shop.public.");
  }
  for (const TableSpec& spec : InventoryTables()) {
    AddCaptured(company, spec, {Layer::kSource, "inventory.", kInventoryDb, "inventory."}, "inventory.inventory.");
  }
  for (const TableSpec& spec : HrTables()) AddExtracted(company, spec, {Layer::kSource, "hr.", kHrDb, "hr.public."});
  for (const TableSpec& spec : FinanceTables()) {
    AddExtracted(company, spec, {Layer::kSource, "finance.", kFinanceDb, "finance.ledger."});
  }
  for (const TableSpec& spec : EventTopics()) AddExtracted(company, spec, {Layer::kTopic, "topic.", kKafka, ""});
  for (const TableSpec& spec : InboundFiles()) AddExtracted(company, spec, {Layer::kFile, "inbound.", kPartners, ""});
  for (const MadeSpec& spec : GoldTables()) {
    Dataset gold = Made(spec, {Layer::kGold, "gold.", kWarehouse, "dw.gold."});
    if (gold.key == "gold.daily_sales") {
      gold.old_name = "dw.gold.daily_revenue";
      gold.renamed_day = 30;
    }
    company.Add(std::move(gold));
  }
  for (const MadeSpec& spec : MartTables()) company.Add(Made(spec, {Layer::kMart, "mart.", kMartAccount, ""}));
  for (const MadeSpec& spec : ExportFiles()) company.Add(Made(spec, {Layer::kFile, "export.", kExportBucket, ""}));
}

}  // namespace cadastre::demo
