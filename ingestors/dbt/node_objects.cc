#include "ingestors/dbt/node_objects.h"

#include <algorithm>
#include <cstdio>
#include <map>
#include <utility>

#include "base/limits.h"
#include "base/status.h"
#include "base/time_format.h"
#include "ingestors/runner/text.h"

namespace cadastre::ingest_dbt {
namespace {

using catalog::v1::Aspect;
using ingest::v1::CrawledObject;

constexpr size_t kDescribedMax = 5'000;

Aspect& Add(CrawledObject& object) { return *object.add_aspects()->mutable_aspect(); }

std::string ColumnName(const std::string& name) { return ingest::Mended(name, base::kColumnSegmentBytesMax); }

// Warehouses that fold names tell a column in other letters than the project does.
std::string Lower(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

void SetTime(base::Timestamp at, google::protobuf::Timestamp& to) {
  to.set_seconds(at.micros() / 1'000'000);
  to.set_nanos(static_cast<int32_t>(at.micros() % 1'000'000 * 1'000));
}

const CatalogTable* CatalogOf(const Project& project, const Tables::Table& table) {
  if (!project.catalog.has_value()) return nullptr;
  for (const Node* node : table.nodes) {
    const auto found = project.catalog->tables.find(node->id);
    if (found != project.catalog->tables.end()) return &found->second;
  }
  return nullptr;
}

bool Holds(std::string_view text, std::string_view word) { return text.find(word) != std::string_view::npos; }

// By what the warehouse said, else by what dbt makes it as.
void AddType(const Node& node, const CatalogTable* seen, CrawledObject& object) {
  const std::string said = seen == nullptr ? "" : Lower(seen->type);
  const std::string made = node.kind == NodeKind::kSource ? ""
                           : node.materialized.empty()    ? "table"
                                                          : node.materialized;
  if (said.empty() && made.empty()) return;
  catalog::v1::DatasetType& type = *Add(object).mutable_dataset_type();
  const bool materialized = Holds(said, "materialized") || (said.empty() && made == "materialized_view");
  const bool view = said.empty() ? made == "view" : Holds(said, "view");
  type.set_type(view || materialized ? "VIEW" : "TABLE");
  if (materialized) type.set_sub_type("MATERIALIZED");
}

// The columns that the nodes of a table declare, by their names in lower case; the first word stands.
std::map<std::string, Column> DeclaredOf(const Tables::Table& table) {
  std::map<std::string, Column> declared;
  for (const Node* node : table.nodes) {
    for (const Column& column : node->columns) {
      const auto [known, added] = declared.emplace(Lower(ColumnName(column.name)), column);
      if (added) continue;
      if (known->second.description.empty()) known->second.description = column.description;
      known->second.not_null = known->second.not_null || column.not_null;
      known->second.primary_key = known->second.primary_key || column.primary_key;
    }
  }
  return declared;
}

void AddField(const std::string& name, const std::string& type, const std::string& comment, const Column* declared,
              catalog::v1::Schema& schema) {
  catalog::v1::SchemaField& field = *schema.add_fields();
  field.set_name(ColumnName(name));
  field.set_type(type);
  field.set_description(declared != nullptr && !declared->description.empty() ? declared->description : comment);
  field.set_ordinal_position(schema.fields_size());
  if (declared == nullptr) return;
  if (declared->not_null) field.set_nullable(false);
  field.set_primary_key(declared->primary_key);
}

// All columns, where somebody knows all of them: the warehouse, or a contract that dbt enforces.
void AddSchema(const Tables::Table& table, const CatalogTable* seen, CrawledObject& object) {
  const std::map<std::string, Column> declared = DeclaredOf(table);
  catalog::v1::Schema schema;
  if (seen != nullptr) {
    for (const CatalogColumn& column : seen->columns) {
      const auto found = declared.find(Lower(ColumnName(column.name)));
      AddField(column.name, column.type, column.comment, found == declared.end() ? nullptr : &found->second, schema);
    }
  } else if (const Node& node = *table.nodes.front(); node.contract_enforced) {
    for (const Column& column : node.columns) AddField(column.name, column.type, "", &column, schema);
  }
  if (schema.fields_size() > 0) *Add(object).mutable_schema() = std::move(schema);
}

// At the columns themselves, so that they stand whoever told the schema last.
void AddColumnTexts(const Tables::Table& table, const CatalogTable* seen, CrawledObject& object) {
  std::map<std::string, std::string> as_seen;
  if (seen != nullptr) {
    for (const CatalogColumn& column : seen->columns)
      as_seen.emplace(Lower(ColumnName(column.name)), ColumnName(column.name));
  }
  size_t described = 0;
  for (const auto& [key, column] : DeclaredOf(table)) {
    // A column that is documented and not there is a mistake in the project.
    if (column.description.empty() || ++described > kDescribedMax || (seen != nullptr && !as_seen.contains(key)))
      continue;
    ingest::v1::CrawledAspect& told = *object.add_aspects();
    told.mutable_column()->add_path(seen == nullptr ? ColumnName(column.name) : as_seen.at(key));
    told.mutable_aspect()->mutable_documentation()->set_text(column.description);
  }
}

// dbt's alone, in Markdown: a comment that only `catalog.json` tells would be taken back on the day that it is missing.
void AddDescription(const std::vector<const Node*>& nodes, CrawledObject& object) {
  const auto described =
      std::find_if(nodes.begin(), nodes.end(), [](const Node* node) { return !node->description.empty(); });
  if (described == nodes.end()) return;
  catalog::v1::Documentation& documentation = *Add(object).mutable_documentation();
  documentation.set_text((*described)->description);
  documentation.set_content_type("text/markdown");
}

void AddOwners(const std::vector<const Node*>& nodes, CrawledObject& object) {
  catalog::v1::Ownership owners;
  for (const Node* node : nodes) {
    for (const Owner& owner : node->owners) {
      if (owners.owners_size() >= base::kListEntriesMax) break;
      const auto same = [&](const catalog::v1::Ownership::Owner& one) { return one.owner() == owner.name; };
      if (std::any_of(owners.owners().begin(), owners.owners().end(), same)) continue;
      catalog::v1::Ownership::Owner& told = *owners.add_owners();
      told.set_owner(owner.name);
      told.set_type(owner.type);
    }
  }
  if (owners.owners_size() > 0) *Add(object).mutable_ownership() = std::move(owners);
}

void AddTags(const std::vector<const Node*>& nodes, CrawledObject& object) {
  std::map<std::pair<std::string, std::string>, bool> told;
  for (const Node* node : nodes) {
    for (const std::string& tag : node->tags) told[{"", tag}] = true;
    for (const Column& column : node->columns) {
      for (const std::string& tag : column.tags) told[{ColumnName(column.name), tag}] = true;
    }
  }
  if (told.empty()) return;
  catalog::v1::Tags& tags = *Add(object).mutable_tags();
  for (const auto& [tag, unused] : told) {
    if (tags.tags_size() >= base::kListEntriesMax) break;
    catalog::v1::Tags::Tag& added = *tags.add_tags();
    added.set_field(tag.first);
    added.set_key(tag.second);
  }
}

void AddContract(const Node& node, CrawledObject& object) {
  if (!node.contract_enforced) return;
  std::string text;
  for (const Column& column : node.columns) {
    text += base::Cat(ColumnName(column.name), " ", column.type);
    for (const std::string& constraint : column.constraints) text += base::Cat(" ", constraint);
    text += '\n';
  }
  catalog::v1::Contract& contract = *Add(object).mutable_contract();
  contract.set_format("dbt");
  contract.set_text(ingest::Mended(text, kCodeBytesMax));
}

void AddDeprecation(const Project& project, const Node& node, CrawledObject& object) {
  if (node.deprecation_date.empty()) return;
  catalog::v1::Deprecation& deprecation = *Add(object).mutable_deprecation();
  const auto date = base::ParseTime(node.deprecation_date);
  const auto written = base::ParseTime(project.manifest.head.generated_at);
  // By when the manifest was made: the same manifest says the same tomorrow.
  deprecation.set_deprecated(date.ok() && written.ok() && date->at <= written->at);
  deprecation.set_note(base::Cat("from ", node.deprecation_date));
}

// When its rows are known to have come in.
void AddFreshness(const Project& project, const Tables::Table& table, CrawledObject& object) {
  std::optional<base::Timestamp> newest;
  for (const Node* node : table.nodes) {
    std::optional<base::Timestamp> at;
    if (node->kind == NodeKind::kSource) {
      if (project.freshness.has_value()) {
        const auto seen = project.freshness->sources.find(node->id);
        if (seen != project.freshness->sources.end()) at = seen->second.loaded_at;
      }
    } else if (node->materialized != "view") {
      const RunResult* run = project.ResultOf(node->id);
      if (run != nullptr && run->status == "success") at = run->ended_at;
    }
    if (at.has_value() && (!newest.has_value() || *at > *newest)) newest = at;
  }
  if (newest.has_value()) SetTime(*newest, *Add(object).mutable_freshness()->mutable_updated_at());
}

void AddProperties(const std::map<std::string, std::string>& properties, CrawledObject& object) {
  if (properties.empty()) return;
  auto& told = *Add(object).mutable_custom_properties()->mutable_properties();
  for (const auto& [key, value] : properties) told[key] = value;
}

// How its last run went, in dbt's words: messages of databases may quote rows, so it opens as code does.
void AddRun(const RunResult& run, CrawledObject& object) {
  std::string json = base::Cat(R"({"status": )", ingest::JsonQuoted(run.status));
  if (run.ended_at.has_value()) json += base::Cat(R"(, "ended_at": ")", base::FormatTime(*run.ended_at), "\"");
  if (run.seconds.has_value()) {
    char text[32];
    std::snprintf(text, sizeof text, "%.2f", *run.seconds);
    json += base::Cat(R"(, "seconds": )", text);
  }
  if (run.rows.has_value()) json += base::Cat(R"(, "rows": )", *run.rows);
  if (!run.message.empty()) json += base::Cat(R"(, "message": )", ingest::JsonQuoted(run.message));
  catalog::v1::Facet& facet = *Add(object).mutable_facet();
  facet.set_name("dbt_last_run");
  facet.set_json(json + "}");
}

std::string UpperWord(NodeKind kind) {
  std::string word(WordOf(kind));
  for (char& c : word) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return word;
}

void AddInputs(const Tables::Origin& origin, CrawledObject& object) {
  if (!origin.not_all.empty()) return;
  object.set_inputs_stated(true);
  for (const catalog::v1::AssetRef& table : origin.tables) *object.add_inputs()->mutable_asset() = table;
}

}  // namespace

CrawledObject TableObject(const Project& project, const DbtNames& names, const ObjectOptions& options,
                          const Tables::Table& table) {
  const Node& node = *table.nodes.front();
  const CatalogTable* seen = CatalogOf(project, table);
  CrawledObject object;
  *object.mutable_asset() = table.asset;
  AddType(node, seen, object);
  if (const auto schema = names.SchemaOf(node)) *Add(object).mutable_container()->mutable_container() = *schema;
  if (options.structure) {
    AddSchema(table, seen, object);
    if (seen != nullptr && (seen->rows.has_value() || seen->bytes.has_value())) {
      catalog::v1::Volume& volume = *Add(object).mutable_volume();
      if (seen->rows.has_value()) volume.set_rows(*seen->rows);
      if (seen->bytes.has_value()) volume.set_bytes(*seen->bytes);
    }
  }
  AddColumnTexts(table, seen, object);
  AddDescription(table.nodes, object);
  AddOwners(table.nodes, object);
  AddTags(table.nodes, object);
  AddContract(node, object);
  AddDeprecation(project, node, object);
  AddFreshness(project, table, object);
  std::map<std::string, std::string> properties;
  for (const Node* one : table.nodes) {
    // What a job tells need not be told twice.
    if (one->kind != NodeKind::kSource && names.JobOf(*one)) continue;
    properties.insert(one->properties.begin(), one->properties.end());
    properties.emplace("dbt", ingest::Mended(one->id, kPropertyBytesMax));
  }
  AddProperties(properties, object);
  for (const Node* one : table.nodes) {
    if (one->freshness.empty()) continue;
    Add(object).mutable_service_level()->set_freshness(one->freshness);
    break;
  }
  if (table.results.results_size() > 0) *Add(object).mutable_quality_results() = table.results;
  return object;
}

CrawledObject JobObject(const Project& project, const DbtNames& names, const Node& node,
                        const catalog::v1::AssetRef& job, const Tables::Origin& origin) {
  CrawledObject object;
  *object.mutable_asset() = job;
  // Where its name holds its schema, the id is what stays.
  if (node.id.size() <= 64) object.set_source_id(ingest::Mended(node.id, 64));
  catalog::v1::JobType& type = *Add(object).mutable_job_type();
  type.set_processing_type("BATCH");
  type.set_integration("DBT");
  type.set_job_type(UpperWord(node.kind));
  if (!node.compiled_code.empty() && node.language != "python") {
    catalog::v1::Definition& definition = *Add(object).mutable_definition();
    definition.set_sql(node.compiled_code);
    definition.set_dialect(project.manifest.head.adapter);
  }
  if (!node.raw_code.empty()) {
    catalog::v1::SourceCode& code = *Add(object).mutable_source_code();
    code.set_language(node.language.empty() ? "sql" : node.language);
    code.set_source(node.raw_code);
  }
  if (!node.path.empty()) Add(object).mutable_source_location()->set_path(node.path);
  std::map<std::string, std::string> properties = node.properties;
  properties.emplace("package", ingest::Mended(node.package, kPropertyBytesMax));
  if (!origin.not_all.empty()) properties.emplace("reads", base::Cat("not told: ", origin.not_all));
  AddProperties(properties, object);
  if (const RunResult* run = project.ResultOf(node.id)) AddRun(*run, object);
  AddInputs(origin, object);
  object.set_outputs_stated(true);
  *object.add_outputs()->mutable_asset() = names.TableOf(node);
  return object;
}

CrawledObject ExposureObject(const DbtNames& names, const Node& node, const Tables::Origin& origin) {
  CrawledObject object;
  *object.mutable_asset() = names.ExposureOf(node);
  if (object.asset().kind() == "job") {
    catalog::v1::JobType& type = *Add(object).mutable_job_type();
    type.set_integration("DBT");
    type.set_job_type("EXPOSURE");
  }
  AddDescription({&node}, object);
  Add(object).mutable_display_name()->set_name(node.label.empty() ? ingest::Mended(node.name, 512) : node.label);
  // Other addresses are no links that a page may offer.
  if (node.url.starts_with("https://") || node.url.starts_with("http://")) {
    Add(object).mutable_links()->add_links()->set_url(node.url);
  }
  AddOwners({&node}, object);
  AddTags({&node}, object);
  std::map<std::string, std::string> properties = node.properties;
  properties.emplace("package", ingest::Mended(node.package, kPropertyBytesMax));
  if (!node.exposure_type.empty()) properties.emplace("exposure", node.exposure_type);
  if (!origin.not_all.empty()) properties.emplace("reads", base::Cat("not told: ", origin.not_all));
  AddProperties(properties, object);
  AddInputs(origin, object);
  return object;
}

}  // namespace cadastre::ingest_dbt
