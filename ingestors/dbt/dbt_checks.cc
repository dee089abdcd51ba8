#include <algorithm>
#include <utility>

#include "base/asset_name.h"
#include "base/clock.h"
#include "base/status.h"
#include "base/time_format.h"
#include "ingestors/dbt/dbt_source.h"
#include "ingestors/runner/text.h"

namespace cadastre::ingest_dbt {
namespace {

std::string AgeOf(const ArtefactHead& head, base::Timestamp now) {
  const auto written = base::ParseTime(head.generated_at);
  if (!written.ok()) return "of an unknown age";
  const int64_t minutes = (now.micros() - written->at.micros()) / 60'000'000;
  if (minutes < 120) return base::Cat(minutes, " minutes old");
  return minutes < 48 * 60 ? base::Cat(minutes / 60, " hours old") : base::Cat(minutes / 60 / 24, " days old");
}

std::string ToldOf(const ArtefactHead& head, base::Timestamp now) {
  return base::Cat("v", head.version, " of dbt ", head.dbt_version, ", ", AgeOf(head, now));
}

template <typename Parse>
auto Read(const Parse& parse, const std::string& path) -> decltype(parse(path, std::string())) {
  absl::StatusOr<std::string> bytes = ReadFileBytes(path);
  if (!bytes.ok()) return bytes.status();
  return parse(path, *std::move(bytes));
}

// A file that need not be there: what is told without it.
template <typename Parsed>
bool Note(const absl::StatusOr<Parsed>& parsed, const std::string& path, bool named, std::string_view without,
          base::Timestamp now, std::vector<ingest::Check>& checks) {
  const std::string what = base::Cat("read ", path);
  if (parsed.ok()) {
    checks.push_back({what, true, ToldOf(parsed->head, now)});
  } else if (absl::IsNotFound(parsed.status()) && !named) {
    checks.push_back({what, true, base::Cat("it is not there: ", without)});
  } else {
    checks.push_back({what, false, std::string(base::MessageOf(parsed.status()))});
  }
  return parsed.ok();
}

}  // namespace

absl::StatusOr<std::vector<ingest::Check>> DbtSource::Test() {
  std::vector<ingest::Check> checks;
  const base::Timestamp now = base::SystemClock().Now();
  Project project;
  auto manifest = Read(ParseManifest, files_.manifest);
  if (!Note(manifest, files_.manifest, /*named=*/true, "", now, checks)) return checks;
  project.manifest = *std::move(manifest);
  Note(Read(ParseCatalog, files_.catalog), files_.catalog, files_.catalog_named,
       "types of columns are told by contracts alone; `dbt docs generate` makes it", now, checks);
  for (const std::string& path : files_.run_results) {
    auto results = Read(ParseRunResults, path);
    if (!Note(results, path, files_.run_results_named, "no result of a test is told; `dbt build` makes it", now,
              checks)) {
      continue;
    }
    if (!results->ran()) {
      checks.push_back({base::Cat("results in ", path), true,
                        base::Cat("none: it is that of `dbt ", results->command,
                                  "`, which runs nothing; keep the file of `dbt build` elsewhere and name it: "
                                  "source.run_results")});
    }
    project.run_results.push_back(*std::move(results));
  }
  Note(Read(ParseFreshness, files_.sources), files_.sources, files_.sources_named,
       "the freshness of sources is not told; `dbt source freshness` makes it", now, checks);

  const std::string part = project.WhyNotWhole();
  checks.push_back({"the manifest is of the whole project", part.empty(),
                    part.empty() ? base::Cat(project.manifest.head.project, " and its packages")
                                 : base::Cat(part, "; nothing is told as gone. `dbt parse` makes one that is")});
  // A company may have names of its own for its warehouses, so that another form is no fault.
  const std::string form = names_.UsualNamespace(project.manifest.head.adapter);
  checks.push_back({base::Cat("namespace for ", project.manifest.head.adapter), true,
                    form.empty() ? names_.ns() : base::Cat(names_.ns(), ", where others would say ", form)});
  const Tables tables(&project, &names_);
  std::string wrong;
  size_t taken = 0;
  for (const auto& [key, table] : tables.all()) {
    const bool takes =
        std::any_of(table.nodes.begin(), table.nodes.end(), [&](const Node* node) { return names_.Takes(*node); });
    if (!takes) continue;
    ++taken;
    const catalog::v1::AssetRef& asset = table.asset;
    const auto name = base::MakeAssetName(asset.kind(), asset.namespace_(), asset.name());
    if (!name.ok() && wrong.empty()) {
      wrong = base::Cat(ingest::Mended(table.nodes.front()->id, 256), ": ", base::MessageOf(name.status()));
    }
  }
  checks.push_back(
      {"name the tables", wrong.empty(), wrong.empty() ? base::Cat(taken, " that the recipe takes") : wrong});
  return checks;
}

}  // namespace cadastre::ingest_dbt
