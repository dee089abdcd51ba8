// A dbt project's artefacts as a source. Inside only; dbt.h is what the program knows.
//
// Owner: the run. Thread rule: confined.
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "ingestors/dbt/dbt_names.h"
#include "ingestors/dbt/node_objects.h"
#include "ingestors/dbt/project.h"
#include "ingestors/runner/source.h"

namespace cadastre::ingest_dbt {

// What a recipe for dbt may say besides what all may.
const std::vector<ingest::RecipeKey>& DbtKeys();

class DbtSource final : public ingest::Source {
 public:
  static absl::StatusOr<std::unique_ptr<ingest::Source>> Make(const ingest::Recipe& recipe);

  std::string Namespace() const override { return names_.ns(); }
  std::vector<std::string> MoreNamespaces() const override { return {names_.job_ns()}; }
  absl::StatusOr<std::vector<ingest::Check>> Test() override;
  absl::Status Crawl(ingest::Sink& sink) override;
  bool Covers(const catalog::v1::AssetRef& asset) const override;
  std::string ScopeAbove(const std::string& scope) const override { return names_.ScopeAbove(scope); }

 private:
  DbtSource(ArtefactFiles files, DbtNames names, ObjectOptions options);

  // What a node is besides its table.
  std::optional<catalog::v1::AssetRef> NodeAsset(const Node& node) const;

  const ArtefactFiles files_;
  const DbtNames names_;
  const ObjectOptions options_;
  // What the last crawl saw and the recipe left out.
  std::set<std::string> left_out_;
};

}  // namespace cadastre::ingest_dbt
