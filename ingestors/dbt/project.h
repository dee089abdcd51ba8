// The artefacts of one project, read together: what is where, what it comes from, and how its tests went.
//
// Owner: the source, for a crawl. Thread rule: compatible once loaded.
// Errors: those of the files. A file that the recipe names must be there; the usual ones besides `manifest.json` may be
// missing.
// Bounds: of a node at most 1,000 tables it comes from, found in 20,000 steps; of a table at most 1,000 results of
// tests.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "cadastre/catalog/v1/aspects.pb.h"
#include "cadastre/catalog/v1/asset.pb.h"
#include "ingestors/dbt/dbt_names.h"
#include "ingestors/dbt/manifest.h"
#include "ingestors/dbt/outcomes.h"

namespace cadastre::ingest_dbt {

struct ArtefactFiles {
  std::string manifest, catalog, sources;
  std::vector<std::string> run_results;
  // The recipe names it, so that it must be there.
  bool catalog_named = false, sources_named = false, run_results_named = false;

  static ArtefactFiles Of(const ingest::Recipe& recipe);
};

struct Project {
  Manifest manifest;
  std::optional<Catalog> catalog;
  std::vector<RunResults> run_results;
  std::optional<Freshnesses> freshness;

  static absl::StatusOr<Project> Load(const ArtefactFiles& files);

  // The newest result of a run or test; nullptr for none.
  const RunResult* ResultOf(const std::string& id) const;
  // Why the manifest does not tell all of the project; empty where it does.
  std::string WhyNotWhole() const;
};

// Tables by ids of nodes.
class Tables {
 public:
  Tables(const Project* project, const DbtNames* names);

  struct Table {
    catalog::v1::AssetRef asset;
    // All nodes that stand for it, those that dbt makes first: a seed and the source that reads it.
    std::vector<const Node*> nodes;
    // What tests said of it.
    catalog::v1::QualityResults results;
  };
  // By the name the catalog knows it by. Names that no asset may bear are here too.
  const std::map<std::string, Table>& all() const { return tables_; }

  struct Origin {
    // Each once.
    std::vector<catalog::v1::AssetRef> tables;
    // Why they are not all of them; empty where they are.
    std::string not_all;
  };
  // What a node comes from, through what has no table of its own.
  Origin OriginOf(const Node& node) const;

 private:
  void AddResults();
  // The node that a test is of; nullptr where it has no table.
  const Node* TestedBy(const Node& test) const;

  const Project& project_;
  const DbtNames& names_;
  std::map<std::string, Table> tables_;
};

}  // namespace cadastre::ingest_dbt
