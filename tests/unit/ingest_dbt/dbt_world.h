// A folder with the artefacts of a small shop's project (tests/data/dbt/shop), which a test changes as it likes, and a
// crawl of it into the catalog in memory.
#pragma once

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <sstream>
#include <string>

#include "base/check.h"
#include "base/status.h"
#include "ingestors/dbt/dbt.h"
#include "ingestors/runner/run.h"
#include "tests/support/paths.h"
#include "tests/support/temp_folder.h"
#include "tests/unit/ingest/fake_catalog.h"

namespace cadastre::ingest_dbt {

inline std::string ShopArtefact(const std::string& name) {
  std::stringstream text;
  text << std::ifstream(testing_support::SourcePath("tests/data/dbt/shop/" + name)).rdbuf();
  CHECK(!text.str().empty()) << name;
  return text.str();
}

// `text` with `from`, which is in it, as `to`.
inline std::string With(std::string text, std::string_view from, std::string_view to) {
  const size_t at = text.find(from);
  CHECK(at != std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

class DbtWorld : public ::testing::Test {
 protected:
  using Object = ingest::v1::CrawledObject;

  DbtWorld() {
    for (const char* name : {"manifest.json", "catalog.json", "run_results.json", "sources.json"}) {
      Write(name, ShopArtefact(name));
    }
  }

  void Write(const std::string& name, const std::string& text) const {
    std::ofstream(folder_.path() + "/" + name, std::ios::trunc) << text;
  }
  void Change(const std::string& name, std::string_view from, std::string_view to) const {
    std::stringstream text;
    text << std::ifstream(folder_.path() + "/" + name).rdbuf();
    Write(name, With(text.str(), from, to));
  }
  void Remove(const std::string& name) const { CHECK(std::filesystem::remove(folder_.path() + "/" + name)); }

  std::string Yaml(const std::string& source = "", const std::string& more = "") const {
    return base::Cat("source: {type: dbt, name: shop, target: '", folder_.path(), "'", source,
                     "}\nnamespace: postgres://db:5432\n", more);
  }
  static absl::StatusOr<ingest::Recipe> Parsed(const std::string& yaml) {
    const ingest::SourceType type = DbtType();
    return ingest::ParseRecipe(
        "r.yml", yaml, {"dbt"}, [&](std::string_view) { return type.keys; }, ingest::SurroundingsOf("/"));
  }
  static absl::StatusOr<std::unique_ptr<ingest::Source>> SourceOf(const std::string& yaml) {
    const absl::StatusOr<ingest::Recipe> recipe = Parsed(yaml);
    if (!recipe.ok()) return recipe.status();
    return DbtType().make(*recipe);
  }

  ingest::RunReport Run() { return Run(Yaml()); }
  ingest::RunReport Run(const std::string& yaml) {
    const absl::StatusOr<ingest::Recipe> recipe = Parsed(yaml);
    CHECK(recipe.ok()) << recipe.status().ToString();
    const ingest::SourceType type = DbtType();
    const auto source = type.make(*recipe);
    CHECK(source.ok()) << source.status().ToString();
    const base::SystemClock clock;
    ingest::RunOptions options;
    options.pace = ingest::RealPace();
    options.clock = &clock;
    return ingest::RunCrawl(type, *recipe, **source, catalog_, options);
  }

  bool Has(const std::string& key) const { return catalog_.kept.contains(key); }
  const Object& At(const std::string& key) const {
    static const Object kNone;
    const auto found = catalog_.kept.find(key);
    EXPECT_TRUE(found != catalog_.kept.end()) << key;
    return found == catalog_.kept.end() ? kNone : found->second.object;
  }
  const Object& Table(const std::string& name) const { return At("dataset:postgres://db:5432#shop." + name); }
  const Object& Job(const std::string& name) const { return At("job:dbt#" + name); }

  static catalog::v1::Aspect AspectOf(const Object& object, catalog::v1::Aspect::ValueCase kind) {
    for (const auto& aspect : object.aspects()) {
      if (!aspect.has_column() && !aspect.withdraw() && aspect.aspect().value_case() == kind) return aspect.aspect();
    }
    return {};
  }
  static std::map<std::string, std::string> PropertiesOf(const Object& object) {
    const auto aspect = AspectOf(object, catalog::v1::Aspect::kCustomProperties);
    return {aspect.custom_properties().properties().begin(), aspect.custom_properties().properties().end()};
  }
  static std::string TextOf(const Object& object) {
    return AspectOf(object, catalog::v1::Aspect::kDocumentation).documentation().text();
  }
  static std::string FieldsOf(const Object& object) {
    std::string out;
    const auto aspect = AspectOf(object, catalog::v1::Aspect::kSchema);
    for (const auto& field : aspect.schema().fields()) {
      out += base::Cat(field.name(), " ", field.type(), field.has_nullable() && !field.nullable() ? " not null" : "",
                       field.primary_key() ? " key" : "", field.description().empty() ? "" : ": ", field.description(),
                       "\n");
    }
    return out;
  }
  template <typename Ends>
  static std::string NamesOf(const Ends& ends) {
    std::string out;
    for (const auto& end : ends) out += base::Cat(out.empty() ? "" : " ", end.asset().name());
    return out;
  }

  testing_support::TempFolder folder_;
  ingest::FakeCatalog catalog_;
};

}  // namespace cadastre::ingest_dbt
