#include "bench/event_text.h"

#include <array>
#include <chrono>
#include <cstdio>
#include <map>

#include "base/status.h"
#include "base/time_format.h"

namespace cadastre::bench {
namespace {

using base::Cat;

constexpr char kProducer[] = "https://github.com/OpenLineage/OpenLineage/tree/1.30.1/integration/spark";
constexpr char kFacetSchema[] = "https://openlineage.io/spec/facets/1-1-1/";
constexpr uint64_t kTables = 300;

std::string Facet(const char* key, const char* schema, const std::string& body) {
  return Cat("\"", key, "\":{\"_producer\":\"", kProducer, "\",\"_schemaURL\":\"", kFacetSchema, schema, ".json\",",
             body, "}");
}

std::string Uuid(uint64_t high, uint64_t low) {
  std::array<char, 40> text{};
  std::snprintf(text.data(), text.size(), "%08x-%04x-7%03x-a%03x-%012llx", static_cast<unsigned>(high >> 32),
                static_cast<unsigned>(high >> 16 & 0xffff), static_cast<unsigned>(high & 0xfff),
                static_cast<unsigned>(low >> 48 & 0xfff), static_cast<unsigned long long>(low & 0xffff'ffff'ffffULL));
  return text.data();
}

std::string Now() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return base::FormatTime(base::Timestamp(std::chrono::duration_cast<std::chrono::microseconds>(now).count()));
}

constexpr const char* kColumns[] = {"order_id", "customer_id", "ordered_at", "amount"};
constexpr const char* kTypes[] = {"bigint", "bigint", "timestamp", "decimal(12,2)"};

std::string DailySchema() {
  std::string fields;
  for (size_t i = 0; i < std::size(kColumns); ++i) {
    fields += Cat(i == 0 ? "" : ",", "{\"name\":\"", kColumns[i], "\",\"type\":\"", kTypes[i], "\"}");
  }
  return Facet("schema", "SchemaDatasetFacet", Cat("\"fields\":[", fields, "]"));
}

std::string DailyTable(uint64_t table, const std::string& facets) {
  return Cat("{\"namespace\":\"postgres://warehouse:5432\",\"name\":\"shop.layer_", table % 7, ".table_", table,
             "\",\"facets\":{", facets, "}}");
}

std::string DailyColumns(uint64_t from) {
  std::string fields;
  for (size_t i = 0; i < 2; ++i) {
    fields += Cat(i == 0 ? "" : ",", "\"", kColumns[i],
                  "\":{\"inputFields\":[{\"namespace\":\"postgres://warehouse:5432\",\"name\":\"shop.layer_", from % 7,
                  ".table_", from, "\",\"field\":\"", kColumns[i],
                  "\",\"transformations\":[{\"type\":\"DIRECT\",\"subtype\":\"IDENTITY\"}]}]}");
  }
  return Facet("columnLineage", "ColumnLineageDatasetFacet", Cat("\"fields\":{", fields, "}"));
}

}  // namespace

std::string DailyEvents::At(uint64_t number) const {
  // All jobs start, then all complete, so that the two events of a run do not meet.
  const uint64_t run = number / (2 * kJobs) * kJobs + number % kJobs;
  const bool complete = number / kJobs % 2 == 1;
  const uint64_t job = run * 7'919 % kJobs;
  const uint64_t first = job * 31 % kTables;
  const uint64_t second = (job * 17 + 5) % kTables;
  const uint64_t output = 1'000 + job;
  const std::string run_facets =
      Facet("processing_engine", "ProcessingEngineRunFacet",
            "\"version\":\"3.5.1\",\"name\":\"spark\",\"openlineageAdapterVersion\":\"1.30.1\"");
  const std::string sql =
      Cat("INSERT INTO shop.table_", output, " SELECT o.order_id, o.customer_id, o.ordered_at FROM shop.table_", first,
          " o JOIN shop.table_", second, " c ON o.customer_id = c.customer_id WHERE o.status <> 'void'");
  const std::string outputs =
      Cat("{\"namespace\":\"postgres://warehouse:5432\",\"name\":\"shop.layer_", output % 7, ".table_", output,
          "\",\"facets\":{", complete ? Cat(DailySchema(), ",", DailyColumns(first)) : DailySchema(), "}",
          complete ? Cat(",\"outputFacets\":{",
                         Facet("outputStatistics", "OutputStatisticsOutputDatasetFacet",
                               Cat("\"rowCount\":", 1'000 + number % 977, ",\"size\":", 64'000 + number % 7'919)),
                         "}")
                   : std::string(),
          "}");
  // Two schemas more in a START make both kinds of event about as long.
  const std::string first_table = DailyTable(first, DailySchema());
  const std::string second_table = DailyTable(second, complete ? "" : DailySchema());
  return Cat(
      "{\"eventType\":\"", complete ? "COMPLETE" : "START", "\",\"eventTime\":\"", Now(), "\",\"producer\":\"",
      kProducer,
      "\",\"schemaURL\":\"https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent\",\"run\":{\"runId\":\"",
      Uuid(salt_ * 0x9E3779B97F4A7C15ULL, run), "\",\"facets\":{", run_facets,
      "}},\"job\":{\"namespace\":\"airflow-daily\",\"name\":\"etl.load_table_", output, "\",\"facets\":{",
      Facet("sql", "SQLJobFacet", Cat("\"query\":\"", sql, "\"")), "}},\"inputs\":[", first_table, ",", second_table,
      "],\"outputs\":[", outputs, "]}");
}

std::string WorldEvents::Named(uint64_t asset, const std::string& facets) const {
  const base::AssetName name = world_->NameOf(asset);
  return Cat("{\"namespace\":\"", name.ns, "\",\"name\":\"", name.name, "\",\"facets\":{", facets, "}}");
}

std::string WorldEvents::SchemaOnce(uint64_t dataset) {
  const uint64_t ordinal = dataset - world_->FirstDataset();
  if (told_[ordinal]) return "";
  told_[ordinal] = true;
  std::string fields;
  const uint32_t columns = world_->ColumnCountOf(dataset);
  for (uint32_t i = 0; i < columns; ++i) {
    const ColumnSpec column = world_->ColumnOf(dataset, i);
    fields += Cat(i == 0 ? "" : ",", "{\"name\":\"", column.name, "\",\"type\":\"", column.type, "\"}");
  }
  return Facet("schema", "SchemaDatasetFacet", Cat("\"fields\":[", fields, "]"));
}

std::string WorldEvents::OfJob(uint64_t job) {
  std::vector<uint64_t> inputs;
  std::vector<uint64_t> outputs;
  // By output, then by its column: the fields it comes from.
  std::map<uint64_t, std::map<std::string, std::string>> columns;
  world_->EdgesOfJob(job, [&](const EdgeSpec& edge) {
    if (edge.kind == EdgeKind::kConsumes) inputs.push_back(edge.from);
    if (edge.kind == EdgeKind::kProduces) outputs.push_back(edge.to);
    if (edge.kind != EdgeKind::kDerives) return;
    const base::AssetName from = world_->NameOf(edge.from);
    for (const ColumnPairSpec& pair : edge.columns) {
      std::string& fields = columns[edge.to][world_->ColumnOf(edge.to, pair.to).name];
      fields += Cat(
          fields.empty() ? "" : ",", "{\"namespace\":\"", from.ns, "\",\"name\":\"", from.name, "\",\"field\":\"",
          world_->ColumnOf(edge.from, pair.from).name, "\",\"transformations\":[{\"type\":\"DIRECT\",\"subtype\":\"",
          pair.masking ? "TRANSFORMATION" : "IDENTITY", "\",\"masking\":", pair.masking ? "true" : "false", "}]}");
    }
  });
  std::string ins;
  for (const uint64_t input : inputs) ins += Cat(ins.empty() ? "" : ",", Named(input, SchemaOnce(input)));
  std::string outs;
  for (const uint64_t output : outputs) {
    std::string fields;
    for (const auto& [column, from] : columns[output]) {
      fields += Cat(fields.empty() ? "" : ",", "\"", column, "\":{\"inputFields\":[", from, "]}");
    }
    std::string facets = SchemaOnce(output);
    if (!fields.empty()) {
      facets += Cat(facets.empty() ? "" : ",",
                    Facet("columnLineage", "ColumnLineageDatasetFacet", Cat("\"fields\":{", fields, "}")));
    }
    outs += Cat(outs.empty() ? "" : ",", Named(output, facets));
  }
  const base::AssetName name = world_->NameOf(world_->FirstJob() + job);
  return Cat("{\"eventType\":\"COMPLETE\",\"eventTime\":\"", Now(), "\",\"producer\":\"", kProducer,
             "\",\"run\":{\"runId\":\"", Uuid(world_->shape().seed, job), "\"},\"job\":{\"namespace\":\"", name.ns,
             "\",\"name\":\"", name.name, "\"},\"inputs\":[", ins, "],\"outputs\":[", outs, "]}");
}

std::string WorldEvents::OfDataset(uint64_t dataset) {
  return Cat("{\"eventTime\":\"", Now(), "\",\"producer\":\"", kProducer,
             "\",\"schemaURL\":\"https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/DatasetEvent\",\"dataset\":",
             Named(dataset, SchemaOnce(dataset)), "}");
}

bool WorldEvents::Next(std::string* event) {
  if (next_job_ < world_->shape().jobs) {
    *event = OfJob(next_job_++);
    return true;
  }
  while (next_dataset_ < world_->shape().datasets) {
    const uint64_t ordinal = next_dataset_++;
    if (told_[ordinal]) continue;
    *event = OfDataset(world_->FirstDataset() + ordinal);
    return true;
  }
  return false;
}

}  // namespace cadastre::bench
