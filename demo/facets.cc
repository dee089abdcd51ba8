#include "demo/facets.h"

#include <utility>

namespace cadastre::demo {
namespace {

struct Version {
  std::string_view kind;
  std::string_view file;  // where it differs from the kind
  std::string_view version;
};

constexpr Version kVersions[] = {
    {"CatalogDatasetFacet", "", "1-1-0"},
    {"ColumnLineageDatasetFacet", "", "1-2-0"},
    {"DataQualityAssertionsDatasetFacet", "", "1-1-0"},
    {"DataQualityMetricsInputDatasetFacet", "", "1-0-3"},
    {"DatasetTypeDatasetFacet", "", "1-0-1"},
    {"DatasetVersionDatasetFacet", "", "1-0-1"},
    {"DatasourceDatasetFacet", "", "1-0-1"},
    {"DocumentationDatasetFacet", "", "1-1-0"},
    {"DocumentationJobFacet", "", "1-1-0"},
    {"EnvironmentVariablesRunFacet", "", "1-0-0"},
    {"ErrorMessageRunFacet", "", "1-0-1"},
    {"ExecutionParametersRunFacet", "", "1-0-0"},
    {"ExternalQueryRunFacet", "", "1-0-2"},
    {"HierarchyDatasetFacet", "", "1-0-0"},
    {"InputStatisticsInputDatasetFacet", "", "1-0-0"},
    {"JobTypeJobFacet", "", "2-0-4"},
    {"LifecycleStateChangeDatasetFacet", "", "1-0-1"},
    {"LineageJobFacet", "LineageFacet", "1-0-0"},
    {"NominalTimeRunFacet", "", "1-0-1"},
    {"OutputStatisticsOutputDatasetFacet", "", "1-0-2"},
    {"OwnershipDatasetFacet", "", "1-0-1"},
    {"OwnershipJobFacet", "", "1-0-1"},
    {"ParentRunFacet", "", "1-2-0"},
    {"ProcessingEngineRunFacet", "", "1-1-1"},
    {"SQLJobFacet", "", "1-1-0"},
    {"SchemaDatasetFacet", "", "1-2-0"},
    {"SourceCodeLocationJobFacet", "", "1-1-0"},
    {"StorageDatasetFacet", "", "1-0-1"},
    {"SymlinksDatasetFacet", "", "1-0-1"},
    {"TagsDatasetFacet", "", "1-0-0"},
    {"TagsJobFacet", "", "1-0-0"},
    {"TagsRunFacet", "", "1-0-0"},
    {"TestRunFacet", "", "1-0-1"},
};

std::string SchemaUrl(std::string_view kind) {
  for (const Version& version : kVersions) {
    if (version.kind != kind) continue;
    const std::string file(version.file.empty() ? kind : version.file);
    return "https://openlineage.io/spec/facets/" + std::string(version.version) + "/" + file + ".json#/$defs/" +
           std::string(kind);
  }
  // A facet of the tool's own.
  return "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/" + std::string(kind);
}

json::array Fields(const Telling& telling, const Dataset& dataset) {
  json::array fields;
  for (const Column& column : telling.scene.ColumnsAt(dataset, telling.time)) {
    json::object field{{"name", column.name}, {"type", column.type}};
    if (!column.doc.empty()) field["description"] = column.doc;
    fields.push_back(std::move(field));
  }
  return fields;
}

json::object Identifier(std::string ns, std::string name) {
  return {{"namespace", std::move(ns)}, {"name", std::move(name)}, {"type", "TABLE"}};
}

json::array Symlinks(const Telling& telling, const Dataset& dataset) {
  json::array identifiers;
  const auto other = OtherName(dataset, telling.scene.NameAt(dataset, telling.time));
  if (other) identifiers.push_back(Identifier(other->first, other->second));
  return identifiers;
}

void AddLakeFacets(const Telling& telling, const Dataset& dataset, json::object& facets) {
  json::object storage = Facet(telling.tool, "StorageDatasetFacet");
  storage["storageLayer"] = "iceberg";
  storage["fileFormat"] = "parquet";
  facets["storage"] = std::move(storage);
  json::object catalog = Facet(telling.tool, "CatalogDatasetFacet");
  catalog["framework"] = "iceberg";
  catalog["type"] = "glue";
  catalog["name"] = "lake";
  catalog["warehouseUri"] = "s3://haru-lake/bronze";
  catalog["source"] = "spark";
  facets["catalog"] = std::move(catalog);
  json::object version = Facet(telling.tool, "DatasetVersionDatasetFacet");
  version["datasetVersion"] = std::to_string(Draw(telling.scene.seed, "snapshot/" + dataset.key, telling.day) >> 2);
  facets["version"] = std::move(version);
}

json::object Hierarchy(Tool tool, const std::string& name) {
  static constexpr const char* kLevels[] = {"DATABASE", "SCHEMA", "TABLE"};
  json::object facet = Facet(tool, "HierarchyDatasetFacet");
  json::array levels;
  size_t start = 0;
  for (const char* level : kLevels) {
    const size_t dot = name.find('.', start);
    levels.push_back(json::object{{"type", level}, {"name", name.substr(start, dot - start)}});
    if (dot == std::string::npos) break;
    start = dot + 1;
  }
  facet["hierarchy"] = std::move(levels);
  return facet;
}

void AddDbtFacets(const Telling& telling, const Dataset& dataset, json::object& facets) {
  json::object documentation = Facet(telling.tool, "DocumentationDatasetFacet");
  documentation["description"] = dataset.korean + "\n\n" + dataset.english;
  documentation["contentType"] = "text/markdown";
  facets["documentation"] = std::move(documentation);
  json::object ownership = Facet(telling.tool, "OwnershipDatasetFacet");
  ownership["owners"] =
      List({{{"name", telling.scene.company->DomainOf(dataset.domain).owner}, {"type", "MAINTAINER"}}});
  facets["ownership"] = std::move(ownership);
  json::array tags =
      List({{{"key", dataset.layer == Layer::kGold ? "gold" : "silver"}, {"value", "true"}, {"source", "DBT"}}});
  for (const Column& column : telling.scene.ColumnsAt(dataset, telling.time)) {
    if (column.pii)
      tags.push_back(json::object{{"key", "pii"}, {"value", "true"}, {"source", "DBT"}, {"field", column.name}});
  }
  json::object facet = Facet(telling.tool, "TagsDatasetFacet");
  facet["tags"] = std::move(tags);
  facets["tags"] = std::move(facet);
}

const char* TypeOf(const Dataset& dataset) {
  switch (dataset.layer) {
    case Layer::kTopic: return "TOPIC";
    case Layer::kFile: return "FILE";
    default: return "TABLE";
  }
}

}  // namespace

std::string_view ProducerOf(Tool tool) {
  switch (tool) {
    case Tool::kAirflow: return "https://github.com/apache/airflow/tree/providers-openlineage/2.7.3";
    case Tool::kDbt: return "https://github.com/OpenLineage/OpenLineage/tree/1.41.0/integration/dbt";
    case Tool::kSpark: return "https://github.com/OpenLineage/OpenLineage/tree/1.41.0/integration/spark";
    case Tool::kDebezium: return "https://github.com/debezium/debezium/tree/v3.3.1.Final";
    case Tool::kFlink: return "https://github.com/OpenLineage/OpenLineage/tree/1.41.0/integration/flink";
    case Tool::kPython: return "https://github.com/harumarket/settlement/tree/v4.2.0";
    case Tool::kSuperset: return "https://github.com/harumarket/superset-lineage/tree/v1.3.0";
  }
  return "";
}

Engine EngineOf(Tool tool) {
  switch (tool) {
    case Tool::kAirflow: return {"Airflow", "3.1.2"};
    case Tool::kDbt: return {"dbt", "1.10.13"};
    case Tool::kSpark: return {"spark", "3.5.7"};
    case Tool::kDebezium: return {"Debezium", "3.3.1.Final"};
    case Tool::kFlink: return {"flink", "1.20.2"};
    case Tool::kPython: return {"python", "3.12.11"};
    case Tool::kSuperset: return {"superset", "5.0.0"};
  }
  return {"", ""};
}

json::object Facet(Tool tool, std::string_view kind) {
  const std::string_view producer = ProducerOf(tool);
  return {{"_producer", json::string(producer.data(), producer.size())}, {"_schemaURL", SchemaUrl(kind)}};
}

std::optional<std::pair<std::string, std::string>> OtherName(const Dataset& dataset, const std::string& name) {
  if (dataset.layer == Layer::kBronze) {
    return std::pair<std::string, std::string>("arn:aws:glue:ap-northeast-2:123456789012",
                                               "table/bronze/" + dataset.key.substr(7));
  }
  if (dataset.ns == "postgres://warehouse:5432") {
    return std::pair<std::string, std::string>("trino://trino:8080", "warehouse" + name.substr(2));
  }
  if (dataset.ns == "postgres://shop-db:5432") {
    return std::pair<std::string, std::string>("trino://trino:8080", name);
  }
  return std::nullopt;
}

json::object DatasetFacets(const Telling& telling, const Dataset& dataset) {
  json::object facets;
  json::object schema = Facet(telling.tool, "SchemaDatasetFacet");
  schema["fields"] = Fields(telling, dataset);
  if (telling.tool != Tool::kPython && telling.tool != Tool::kSuperset) facets["schema"] = std::move(schema);
  json::object source = Facet(telling.tool, "DatasourceDatasetFacet");
  source["name"] = dataset.ns;
  source["uri"] = dataset.ns;
  facets["dataSource"] = std::move(source);
  if (telling.tool != Tool::kDbt) {
    json::object type = Facet(telling.tool, "DatasetTypeDatasetFacet");
    type["datasetType"] = TypeOf(dataset);
    facets["datasetType"] = std::move(type);
  }
  const bool names_others = telling.tool == Tool::kSpark || telling.tool == Tool::kAirflow;
  if (json::array identifiers = Symlinks(telling, dataset); names_others && !identifiers.empty()) {
    json::object symlinks = Facet(telling.tool, "SymlinksDatasetFacet");
    symlinks["identifiers"] = std::move(identifiers);
    facets["symlinks"] = std::move(symlinks);
  }
  if (telling.tool == Tool::kSpark && dataset.layer == Layer::kBronze) AddLakeFacets(telling, dataset, facets);
  if (telling.tool == Tool::kAirflow && dataset.ns.starts_with("postgres:")) {
    facets["hierarchy"] = Hierarchy(telling.tool, telling.scene.NameAt(dataset, telling.time));
  }
  const bool modelled = dataset.layer == Layer::kSilver || dataset.layer == Layer::kGold;
  if (telling.tool == Tool::kDbt && modelled) AddDbtFacets(telling, dataset, facets);
  return facets;
}

}  // namespace cadastre::demo
