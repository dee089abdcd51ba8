#include "ingestors/dbt/project.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <set>
#include <utility>

#include "base/asset_name.h"
#include "base/status.h"
#include "base/time_format.h"
#include "ingestors/runner/reconciler.h"
#include "ingestors/runner/text.h"

namespace cadastre::ingest_dbt {
namespace {

constexpr size_t kOriginsMax = 1'000;
constexpr size_t kStepsMax = 20'000;
constexpr int kResultsMax = 1'000;

using catalog::v1::QualityResults;

template <typename Read>
auto LoadWith(const Read& read, const std::string& path) -> decltype(read(path, std::string())) {
  absl::StatusOr<std::string> bytes = ReadFileBytes(path);
  if (!bytes.ok()) return bytes.status();
  return read(path, *std::move(bytes));
}

// Seconds, as a log tells them.
std::string ShownSeconds(double seconds) {
  char text[32];
  std::snprintf(text, sizeof text, "%.2f", seconds);
  return text;
}

// What else is known of a result, for programs.
std::string ContentOf(const RunResult& result) {
  std::string out = base::Cat(R"({"status": )", ingest::JsonQuoted(result.status));
  if (result.ended_at.has_value()) out += base::Cat(R"(, "ended_at": ")", base::FormatTime(*result.ended_at), "\"");
  if (result.seconds.has_value()) out += base::Cat(R"(, "seconds": )", ShownSeconds(*result.seconds));
  return out + "}";
}

// Nothing where the test did not run.
std::optional<QualityResults::Result> ResultOfTest(const Node& test, const RunResult& run) {
  const std::string& status = run.status;
  if (status != "pass" && status != "fail" && status != "warn" && status != "error") return std::nullopt;
  QualityResults::Result result;
  result.set_assertion(test.assertion);
  result.set_name(ingest::Mended(test.name, 512));
  result.set_column(ingest::Mended(test.column, 512));
  result.set_success(status == "pass");
  const bool warns = status == "warn" || (status == "pass" && test.severity == "warn");
  result.set_severity(warns ? "warn" : "error");
  if (run.failures.has_value()) {
    result.set_actual(std::to_string(*run.failures));
    result.set_expected(warns ? test.expected_of_warning : test.expected_of_error);
  }
  result.set_description(test.description.empty() ? run.message : test.description);
  result.set_content(ContentOf(run));
  result.set_content_type("application/json");
  return result;
}

// Nothing where dbt did not look.
std::optional<QualityResults::Result> ResultOfFreshness(const Node& source, const SourceFreshness& seen) {
  const std::string& status = seen.status;
  if (status != "pass" && status != "warn" && status != "error" && status != "runtime error") return std::nullopt;
  QualityResults::Result result;
  result.set_assertion("freshness");
  result.set_name("source_freshness");
  result.set_success(status == "pass");
  result.set_severity(status == "warn" ? "warn" : "error");
  result.set_expected(source.freshness);
  if (seen.age_seconds.has_value()) result.set_actual(base::Cat(ShownSeconds(*seen.age_seconds), " s old"));
  result.set_description(seen.error);
  return result;
}

bool MayBeAsset(const catalog::v1::AssetRef& asset) {
  return base::MakeAssetName(asset.kind(), asset.namespace_(), asset.name()).ok();
}

}  // namespace

ArtefactFiles ArtefactFiles::Of(const ingest::Recipe& recipe) {
  const std::filesystem::path target = recipe.PathOf(recipe.Text("source.target"));
  const auto path = [&](std::string_view key, std::string_view name) {
    return recipe.Says(key) ? recipe.PathOf(recipe.Text(key)) : (target / name).string();
  };
  ArtefactFiles files;
  files.manifest = path("source.manifest", "manifest.json");
  files.catalog = path("source.catalog", "catalog.json");
  files.sources = path("source.sources", "sources.json");
  for (const std::string& written : recipe.Texts("source.run_results")) {
    files.run_results.push_back(recipe.PathOf(written));
  }
  files.run_results_named = recipe.Says("source.run_results");
  if (!files.run_results_named) files.run_results.push_back((target / "run_results.json").string());
  files.catalog_named = recipe.Says("source.catalog");
  files.sources_named = recipe.Says("source.sources");
  return files;
}

absl::StatusOr<Project> Project::Load(const ArtefactFiles& files) {
  Project project;
  ASSIGN_OR_RETURN(project.manifest, LoadWith(ParseManifest, files.manifest));
  auto catalog = LoadWith(ParseCatalog, files.catalog);
  if (catalog.ok()) {
    project.catalog = *std::move(catalog);
  } else if (files.catalog_named || !absl::IsNotFound(catalog.status())) {
    return catalog.status();
  }
  auto freshness = LoadWith(ParseFreshness, files.sources);
  if (freshness.ok()) {
    project.freshness = *std::move(freshness);
  } else if (files.sources_named || !absl::IsNotFound(freshness.status())) {
    return freshness.status();
  }
  for (const std::string& path : files.run_results) {
    auto results = LoadWith(ParseRunResults, path);
    if (results.ok()) {
      project.run_results.push_back(*std::move(results));
    } else if (files.run_results_named || !absl::IsNotFound(results.status())) {
      return results.status();
    }
  }
  return project;
}

const RunResult* Project::ResultOf(const std::string& id) const {
  const RunResult* newest = nullptr;
  for (const RunResults& file : run_results) {
    const auto found = file.results.find(id);
    if (found == file.results.end()) continue;
    const bool later = newest == nullptr || !newest->ended_at.has_value() ||
                       (found->second.ended_at.has_value() && *found->second.ended_at >= *newest->ended_at);
    if (later) newest = &found->second;
  }
  return newest;
}

std::string Project::WhyNotWhole() const {
  if (!manifest.not_whole.empty()) return manifest.not_whole;
  for (const RunResults& file : run_results) {
    if (file.head.invocation_id.empty() || file.head.invocation_id != manifest.head.invocation_id) continue;
    if (file.command == "test") return "the manifest is that of `dbt test`";
    if (file.selected) return base::Cat("the manifest is that of a `dbt ", file.command, "` of chosen nodes");
  }
  return "";
}

Tables::Tables(const Project* project, const DbtNames* names) : project_(*project), names_(*names) {
  for (const auto& [id, node] : project_.manifest.nodes) {
    if (!node.has_table()) continue;
    const catalog::v1::AssetRef asset = names_.TableOf(node);
    Table& table = tables_[ingest::AssetKey(asset)];
    table.asset = asset;
    table.nodes.push_back(&node);
  }
  for (auto& [key, table] : tables_) {
    std::stable_partition(table.nodes.begin(), table.nodes.end(),
                          [](const Node* node) { return node->kind != NodeKind::kSource; });
  }
  AddResults();
}

const Node* Tables::TestedBy(const Node& test) const {
  const auto& nodes = project_.manifest.nodes;
  const auto table = [&](const std::string& id) -> const Node* {
    const auto found = nodes.find(id);
    return found != nodes.end() && found->second.has_table() ? &found->second : nullptr;
  };
  if (const Node* node = table(test.attached_node)) return node;
  const Node* last = nullptr;
  for (const std::string& id : test.dependencies) {
    if (const Node* node = table(id)) last = node;
  }
  return last;
}

void Tables::AddResults() {
  const auto add = [&](const Node& of, std::optional<QualityResults::Result> result) {
    if (!result.has_value()) return;
    Table& table = tables_[ingest::AssetKey(names_.TableOf(of))];
    if (table.results.results_size() < kResultsMax) *table.results.add_results() = *std::move(result);
  };
  for (const auto& [id, node] : project_.manifest.nodes) {
    if (node.kind == NodeKind::kTest || node.kind == NodeKind::kUnitTest) {
      const RunResult* run = project_.ResultOf(id);
      const Node* of = run == nullptr ? nullptr : TestedBy(node);
      if (of != nullptr) add(*of, ResultOfTest(node, *run));
    } else if (node.kind == NodeKind::kSource && project_.freshness.has_value()) {
      const auto seen = project_.freshness->sources.find(id);
      if (seen != project_.freshness->sources.end()) add(node, ResultOfFreshness(node, seen->second));
    }
  }
}

Tables::Origin Tables::OriginOf(const Node& node) const {
  Origin origin;
  std::map<std::string, catalog::v1::AssetRef> found;
  std::set<std::string> passed = {node.id};
  std::vector<const Node*> open = {&node};
  size_t steps = 0;
  while (!open.empty() && origin.not_all.empty()) {
    const Node& at = *open.back();
    open.pop_back();
    if (!at.dependencies_stated) origin.not_all = base::Cat("the manifest does not say what ", at.id, " depends on");
    for (const std::string& id : at.dependencies) {
      if (++steps > kStepsMax) origin.not_all = "it depends on more than can be followed";
      const auto known = project_.manifest.nodes.find(id);
      if (known == project_.manifest.nodes.end()) {
        if (!project_.manifest.disabled.contains(id)) {
          origin.not_all = base::Cat("it depends on ", id, ", which the manifest does not have");
        }
      } else if (known->second.has_table()) {
        const catalog::v1::AssetRef asset = names_.TableOf(known->second);
        if (!MayBeAsset(asset)) origin.not_all = base::Cat("no asset may be called what ", id, " is");
        found[ingest::AssetKey(asset)] = asset;
      } else if (passed.insert(id).second) {
        open.push_back(&known->second);
      }
      if (!origin.not_all.empty()) break;
    }
  }
  if (found.size() > kOriginsMax) {
    origin.not_all = base::Cat("it comes from ", found.size(), " tables, more than are told");
  }
  origin.not_all = ingest::Mended(origin.not_all, kPropertyBytesMax);
  for (auto& [key, asset] : found) origin.tables.push_back(std::move(asset));
  return origin;
}

}  // namespace cadastre::ingest_dbt
