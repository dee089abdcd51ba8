// dbt's manifest: every node of a project and of the packages it uses.
//
// Owner: values that hold nothing of the file. Thread rule: compatible.
// Errors: those of JsonFile and HeadOf. A node that is no object, or has no id, is left out and counted.
// Bounds: of a node 10,000 columns and dependencies, 1,000 tags, owners and properties each; text of at most 64 KiB,
// code of at most 1 MiB.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "ingestors/dbt/artefact.h"

namespace cadastre::ingest_dbt {

inline constexpr size_t kTextBytesMax = size_t{64} << 10;
inline constexpr size_t kCodeBytesMax = size_t{1} << 20;
inline constexpr size_t kPropertyBytesMax = 4'096;
inline constexpr size_t kEntriesMax = 1'000;
inline constexpr size_t kDependenciesMax = 10'000;

enum class NodeKind : uint8_t {
  kModel,
  kSeed,
  kSnapshot,
  kSource,
  kTest,
  kUnitTest,
  kExposure,
  // Metrics, semantic models, analyses and what is to come: nothing of ours, and passed through by what depends on it.
  kOther,
};

struct Column {
  std::string name, description, type;
  bool not_null = false;
  bool primary_key = false;
  // As SQL would have it: `check (amount > 0)`.
  std::vector<std::string> constraints;
  std::vector<std::string> tags;
};

struct Owner {
  std::string name;
  // `group` for a group's; empty where the node says it itself.
  std::string type;

  friend auto operator<=>(const Owner&, const Owner&) = default;
};

struct Node {
  std::string id;
  NodeKind kind = NodeKind::kOther;
  std::string package, name;
  // Where its table is; empty levels are not there in this kind of warehouse.
  std::string database, schema, identifier;
  std::string materialized;
  std::string description, path, language, raw_code, compiled_code, deprecation_date;
  std::vector<Column> columns;
  std::vector<std::string> tags;
  std::vector<Owner> owners;
  // What there is besides, by what people call it: `access`, `group`, `meta.KEY`.
  std::map<std::string, std::string> properties;
  bool contract_enforced = false;
  // Ids it depends on; not stated is not none.
  bool dependencies_stated = false;
  std::vector<std::string> dependencies;

  // Of a test: what it asserts, of which column and node, and what counts as failed.
  std::string assertion, column, attached_node, severity, expected_of_error, expected_of_warning;
  // Of a source: what it promises, as people say it.
  std::string freshness;
  // Of an exposure.
  std::string exposure_type, label, url;

  // Whether it stands for a table of the warehouse.
  bool has_table() const {
    return kind == NodeKind::kSource || kind == NodeKind::kSeed || kind == NodeKind::kSnapshot ||
           (kind == NodeKind::kModel && materialized != "ephemeral");
  }
};

// The word that dbt's ids of this kind begin with.
std::string_view WordOf(NodeKind kind);

struct Manifest {
  ArtefactHead head;
  std::map<std::string, Node> nodes;
  std::set<std::string> disabled;
  int64_t nodes_left_out = 0;
  // Why it does not tell all of the project; empty where it does.
  std::string not_whole;
};

absl::StatusOr<Manifest> ParseManifest(std::string_view path, std::string bytes);

}  // namespace cadastre::ingest_dbt
