#include "ingestors/postgres/relation_draft.h"

#include <algorithm>
#include <utility>

#include "base/status.h"
#include "ingestors/runner/reconciler.h"
#include "ingestors/runner/text.h"

namespace cadastre::ingest_postgres {
namespace {

constexpr size_t kCommentBytesMax = size_t{64} << 10;
constexpr int kPairsMax = 10'000;
constexpr size_t kInputsMax = 1'000;

using catalog::v1::Aspect;

struct KindWords {
  char kind;
  std::string_view type, sub_type;
};
constexpr KindWords kKinds[] = {{'r', "TABLE", ""},
                                {'p', "TABLE", "PARTITIONED"},
                                {'v', "VIEW", ""},
                                {'m', "VIEW", "MATERIALIZED"},
                                {'f', "TABLE", "FOREIGN"}};

const KindWords& WordsOf(char kind) {
  for (const KindWords& words : kKinds) {
    if (words.kind == kind) return words;
  }
  return kKinds[0];
}

void AddVolume(const RelationDraft& draft, int64_t block_bytes, ingest::v1::CrawledObject& object) {
  if (draft.rows < 0 || draft.kind == 'v') return;
  catalog::v1::Volume& volume = *object.add_aspects()->mutable_aspect()->mutable_volume();
  volume.set_rows(draft.rows);
  if (draft.kind != 'f') volume.set_bytes(draft.pages * block_bytes);
}

// As long as somebody ever counted, so that a standby, which does not know when, tells the same kinds of things.
void AddProfile(const RelationDraft& draft, ingest::v1::CrawledObject& object) {
  if (draft.rows < 0 || draft.kind == 'v') return;
  catalog::v1::Profile& profile = *object.add_aspects()->mutable_aspect()->mutable_profile();
  profile.set_rows(draft.rows);
  if (draft.analysed > 0) {
    auto& at = *profile.mutable_last_updated();
    at.set_seconds(draft.analysed / 1'000'000);
    at.set_nanos(static_cast<int32_t>(draft.analysed % 1'000'000 * 1'000));
  }
  for (const catalog::v1::SchemaField& field : draft.schema.fields()) {
    const auto found = draft.profiles.find(field.name());
    if (found != draft.profiles.end()) *profile.add_columns() = found->second;
  }
}

void AddPair(const std::string& from, const std::string& to, ingest::v1::CrawledInput& told) {
  lineage::v1::ColumnPair& pair = *told.add_columns();
  pair.mutable_from()->add_path(from);
  pair.mutable_to()->add_path(to);
  pair.set_type(lineage::v1::PAIR_TYPE_DIRECT);
  pair.set_subtype("IDENTITY");
}

using Origins = std::map<std::string, std::vector<ColumnOrigin>>;

// A partition's columns are told by its root's, which bear the same names.
void AddPairs(const std::map<int64_t, std::string>& names, const Origins& origins, const RelationDraft::Input& input,
              const ColumnNames& column_names, ingest::v1::CrawledInput& told) {
  const auto columns = column_names.find(input.oid);
  const auto of_input = origins.find(input.oid);
  if (columns == column_names.end() || of_input == origins.end()) return;
  for (const ColumnOrigin& origin : of_input->second) {
    if (told.columns_size() >= kPairsMax) return;
    const auto from = columns->second.find(origin.relation_column);
    const auto to = names.find(origin.column);
    if (from == columns->second.end() || to == names.end()) continue;
    AddPair(from->second, to->second, told);
  }
}

void AddInputs(RelationDraft& draft, const PostgresNames& names, const ColumnNames& column_names,
               ingest::v1::CrawledObject& object) {
  std::map<int64_t, std::string> own;
  for (const catalog::v1::SchemaField& field : draft.schema.fields()) own[field.source_id()] = field.name();
  Origins origins;
  for (const ColumnOrigin& origin : draft.origins) origins[std::to_string(origin.relation)].push_back(origin);
  // By the name the catalog knows them by: each input is told once.
  std::map<std::string, ingest::v1::CrawledInput> inputs;
  for (const RelationDraft::Input& input : draft.inputs) {
    const catalog::v1::AssetRef asset = names.AssetOf(input.levels);
    ingest::v1::CrawledInput& told = inputs[ingest::AssetKey(asset)];
    *told.mutable_asset() = asset;
    AddPairs(own, origins, input, column_names, told);
  }
  for (const auto& [oid, remote] : draft.remotes) {
    catalog::v1::AssetRef asset = names.AssetOf(remote.levels);
    asset.set_namespace_(remote.ns);
    ingest::v1::CrawledInput& told = inputs[ingest::AssetKey(asset)];
    // Several may stand for one.
    if (told.has_asset()) continue;
    *told.mutable_asset() = asset;
    for (const auto& [from, to] : remote.columns) {
      if (told.columns_size() < kPairsMax) AddPair(from, to, told);
    }
  }
  if (inputs.size() > kInputsMax) {
    // Some of them would be told as all of them.
    draft.properties["made from"] = base::Cat(inputs.size(), " relations, more than are told");
    return;
  }
  object.set_inputs_stated(true);
  for (auto& [key, input] : inputs) *object.add_inputs() = std::move(input);
}

}  // namespace

void RelationDraft::Say(std::string_view key, std::string_view value) {
  if (value.empty()) return;
  if (properties.size() >= kPropertiesMax) {
    ++properties_left_out;
    return;
  }
  properties[ingest::Mended(key, kPropertyBytesMax)] = ingest::Mended(value, kPropertyBytesMax);
}

std::string SourceIdOf(const std::string& database_oid, char kind, const std::string& oid) {
  return base::Cat(database_oid, "/", std::string(1, kind), oid);
}

Relation RelationOf(RelationDraft& draft, const PostgresNames& names, const std::string& database_oid,
                    int64_t block_bytes, const ColumnNames& column_names) {
  Relation relation{draft.oid, draft.levels, {}, draft.failed};
  ingest::v1::CrawledObject& object = relation.object;
  *object.mutable_asset() = names.AssetOf(draft.levels);
  object.set_source_id(SourceIdOf(database_oid, 'c', draft.oid));
  const auto aspect = [&]() -> Aspect& { return *object.add_aspects()->mutable_aspect(); };

  for (catalog::v1::SchemaField& field : *draft.schema.mutable_fields()) {
    field.set_primary_key(draft.key_columns.contains(field.source_id()));
  }
  const KindWords& words = WordsOf(draft.kind);
  catalog::v1::DatasetType& type = *aspect().mutable_dataset_type();
  type.set_type(std::string(words.type));
  type.set_sub_type(std::string(words.sub_type));
  *aspect().mutable_container()->mutable_container() = names.AssetOf({draft.levels[0], draft.levels[1]});
  if (!draft.partition_key.empty()) {
    aspect().mutable_partitioning()->set_expression(
        ingest::Mended(draft.partition_key, RelationDraft::kPropertyBytesMax));
  }
  if (!draft.comment.empty()) {
    aspect().mutable_documentation()->set_text(ingest::Mended(draft.comment, kCommentBytesMax));
  }
  if (!draft.sql.empty()) {
    catalog::v1::Definition& definition = *aspect().mutable_definition();
    definition.set_sql(ingest::Mended(draft.sql, draft.sql.size()));
    definition.set_dialect("postgres");
  }
  // As `left out`: however many others there are.
  if (draft.sql_left_out) draft.properties["definition"] = "left out: it is larger than 1 MiB";
  AddVolume(draft, block_bytes, object);
  AddProfile(draft, object);
  if (draft.is_view() || !draft.remotes.empty()) AddInputs(draft, names, column_names, object);
  if (draft.properties_left_out > 0) {
    draft.properties["left out"] = base::Cat(draft.properties_left_out, " more");
  }
  auto& properties = *aspect().mutable_custom_properties()->mutable_properties();
  for (const auto& [key, value] : draft.properties) properties[key] = value;
  *aspect().mutable_schema() = std::move(draft.schema);
  return relation;
}

}  // namespace cadastre::ingest_postgres
