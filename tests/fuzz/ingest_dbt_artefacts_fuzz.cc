// Whatever the bytes: each of dbt's artefacts is read within its bounds or refused by its path, and what is read of a
// manifest can be named, followed and told.
#include <cstddef>
#include <cstdint>
#include <string>

#include "base/check.h"
#include "ingestors/dbt/dbt_source.h"
#include "ingestors/dbt/node_objects.h"

namespace dbt = cadastre::ingest_dbt;
namespace ingest = cadastre::ingest;

namespace {

const dbt::DbtNames& Names() {
  static const dbt::DbtNames* names = [] {
    const auto recipe = ingest::ParseRecipe(
        "r.yml", "source: {type: dbt, name: n}\nnamespace: postgres://db:5432\n", {"dbt"},
        [](std::string_view) { return &dbt::DbtKeys(); }, ingest::SurroundingsOf("/"));
    CHECK(recipe.ok()) << recipe.status().ToString();
    return new dbt::DbtNames(*dbt::DbtNames::Of(*recipe));
  }();
  return *names;
}

template <typename Parsed>
void CheckRefused(const absl::StatusOr<Parsed>& parsed) {
  if (!parsed.ok()) CHECK(parsed.status().message().find("a.json: ") == 0) << parsed.status().ToString();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  auto manifest = dbt::ParseManifest("a.json", bytes);
  auto catalog = dbt::ParseCatalog("a.json", bytes);
  auto results = dbt::ParseRunResults("a.json", bytes);
  auto freshness = dbt::ParseFreshness("a.json", bytes);
  CheckRefused(manifest);
  CheckRefused(catalog);
  CheckRefused(results);
  CheckRefused(freshness);
  if (!manifest.ok()) return 0;
  dbt::Project project;
  project.manifest = *std::move(manifest);
  // The same ids: what other artefacts tell of them.
  for (const auto& [id, node] : project.manifest.nodes) {
    if (!project.catalog.has_value()) project.catalog.emplace();
    project.catalog->tables[id].columns.push_back({node.name, "text", node.description, 1});
    project.run_results.emplace_back().results[id] = {"fail", node.description, 1, 1, 1.5, {}};
    if (project.run_results.size() > 3) project.run_results.pop_back();
  }
  const dbt::Tables tables(&project, &Names());
  for (const auto& [key, table] : tables.all()) {
    CHECK(!table.nodes.empty()) << key;
    CHECK(dbt::TableObject(project, Names(), {}, table).asset().kind() == "dataset");
  }
  for (const auto& [id, node] : project.manifest.nodes) {
    CHECK(node.columns.size() <= dbt::kDependenciesMax && node.dependencies.size() <= dbt::kDependenciesMax);
    CHECK(node.tags.size() <= dbt::kEntriesMax && node.owners.size() <= 2 * dbt::kEntriesMax);
    CHECK(node.description.size() <= dbt::kTextBytesMax && node.raw_code.size() <= dbt::kCodeBytesMax);
    const auto origin = tables.OriginOf(node);
    if (const auto job = Names().JobOf(node)) {
      const auto object = dbt::JobObject(project, Names(), node, *job, origin);
      CHECK(object.inputs_stated() == origin.not_all.empty() && object.source_id().size() <= 64);
    }
    if (node.kind == dbt::NodeKind::kExposure) (void)dbt::ExposureObject(Names(), node, origin);
    CHECK(Names().ScopeAbove(Names().ScopeOf(node)) == dbt::kPackagesScope);
  }
  return 0;
}
