#include "ingestors/dbt/dbt_source.h"

#include <algorithm>
#include <map>
#include <utility>

#include "base/status.h"
#include "ingestors/dbt/dbt.h"
#include "ingestors/runner/reconciler.h"

namespace cadastre::ingest_dbt {
namespace {

// What there is to tell of a scope, in an order that stays.
struct Told {
  std::vector<const Tables::Table*> tables;
  // Those that dbt runs, and exposures.
  std::vector<const Node*> nodes;
};

}  // namespace

DbtSource::DbtSource(ArtefactFiles files, DbtNames names, ObjectOptions options)
    : files_(std::move(files)), names_(std::move(names)), options_(options) {}

absl::StatusOr<std::unique_ptr<ingest::Source>> DbtSource::Make(const ingest::Recipe& recipe) {
  ASSIGN_OR_RETURN(DbtNames names, DbtNames::Of(recipe));
  ObjectOptions options;
  options.structure = recipe.Flag("source.structure");
  return std::unique_ptr<ingest::Source>(new DbtSource(ArtefactFiles::Of(recipe), std::move(names), options));
}

absl::Status DbtSource::Crawl(ingest::Sink& sink) {
  left_out_.clear();
  ASSIGN_OR_RETURN(const Project project, Project::Load(files_));
  const Tables tables(&project, &names_);
  std::map<std::string, Told> scopes;
  for (const auto& [key, table] : tables.all()) {
    const auto taken =
        std::find_if(table.nodes.begin(), table.nodes.end(), [&](const Node* node) { return names_.Takes(*node); });
    if (taken == table.nodes.end()) {
      left_out_.insert(key);
    } else {
      scopes[names_.ScopeOf(**taken)].tables.push_back(&table);
    }
  }
  for (const auto& [id, node] : project.manifest.nodes) {
    const std::optional<catalog::v1::AssetRef> asset = NodeAsset(node);
    if (!asset.has_value()) continue;
    if (names_.Takes(node)) {
      scopes[names_.ScopeOf(node)].nodes.push_back(&node);
    } else {
      left_out_.insert(ingest::AssetKey(*asset));
    }
  }
  const std::string part = project.WhyNotWhole();
  for (const auto& [scope, told] : scopes) {
    std::string why = part;
    for (const Tables::Table* table : told.tables) {
      RETURN_IF_ERROR(sink.Emit(scope, TableObject(project, names_, options_, *table)));
    }
    for (const Node* node : told.nodes) {
      const Tables::Origin origin = tables.OriginOf(*node);
      if (why.empty()) why = origin.not_all;
      RETURN_IF_ERROR(sink.Emit(scope, node->kind == NodeKind::kExposure
                                           ? ExposureObject(names_, *node, origin)
                                           : JobObject(project, names_, *node, *names_.JobOf(*node), origin)));
    }
    why.empty() ? sink.Complete(scope) : sink.Partial(scope, why);
  }
  const std::string packages(kPackagesScope);
  part.empty() ? sink.Complete(packages) : sink.Partial(packages, part);
  return absl::OkStatus();
}

std::optional<catalog::v1::AssetRef> DbtSource::NodeAsset(const Node& node) const {
  if (node.kind == NodeKind::kExposure) return names_.ExposureOf(node);
  return names_.JobOf(node);
}

bool DbtSource::Covers(const catalog::v1::AssetRef& asset) const {
  const std::string& ns = asset.kind() == "dataset" ? names_.ns() : names_.job_ns();
  return asset.namespace_() == ns && !left_out_.contains(ingest::AssetKey(asset));
}

ingest::SourceType DbtType() {
  using catalog::v1::Aspect;
  return {
      .word = "dbt",
      .summary =
          "dbt's artefacts (manifest v9 to v12): models, seeds, snapshots, sources, exposures, what they depend on, "
          "and how tests went",
      .keys = &DbtKeys(),
      // Not what other files than the manifest tell, or a manifest only after compiling: those may be missing today,
      // and nothing is taken back because nobody looked.
      .states = {Aspect::kContainer, Aspect::kJobType, Aspect::kSourceCode, Aspect::kSourceLocation,
                 Aspect::kDocumentation, Aspect::kServiceLevel, Aspect::kContract, Aspect::kDeprecation, Aspect::kLinks,
                 Aspect::kCustomProperties, Aspect::kDisplayName},
      .make = DbtSource::Make,
  };
}

}  // namespace cadastre::ingest_dbt
