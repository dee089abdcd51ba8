// Crawls of a test's PostgreSQL server against a catalog in memory, and what came of its objects.
//
// Owner: values. Thread rule: confined.
#pragma once

#include <map>
#include <string>

#include "base/check.h"
#include "base/clock.h"
#include "base/status.h"
#include "ingestors/postgres/postgres.h"
#include "ingestors/runner/program.h"
#include "ingestors/runner/run.h"
#include "tests/unit/ingest/fake_catalog.h"

namespace cadastre::ingest_postgres {

inline constexpr char kNamespace[] = "postgres://db:5432";

inline absl::StatusOr<ingest::Recipe> Parsed(const std::string& yaml) {
  const ingest::SourceType type = PostgresType();
  return ingest::ParseRecipe(
      "r.yml", yaml, {"postgres"}, [&](std::string_view) { return type.keys; }, ingest::SurroundingsOf("/"));
}

inline ingest::RunReport RunOn(ingest::FakeCatalog& catalog, const std::string& yaml, ingest::RunOptions options = {}) {
  const auto recipe = Parsed(yaml);
  CHECK(recipe.ok()) << recipe.status().ToString();
  const ingest::SourceType type = PostgresType();
  const auto source = type.make(*recipe);
  CHECK(source.ok()) << source.status().ToString();
  const base::SystemClock clock;
  options.pace = ingest::RealPace();
  options.clock = &clock;
  return ingest::RunCrawl(type, *recipe, **source, catalog, options);
}

inline catalog::v1::Aspect AspectOf(const ingest::v1::CrawledObject& object, catalog::v1::Aspect::ValueCase kind) {
  for (const auto& aspect : object.aspects()) {
    if (aspect.aspect().value_case() == kind) return aspect.aspect();
  }
  return {};
}

inline std::map<std::string, std::string> PropertiesOf(const ingest::v1::CrawledObject& object) {
  const auto aspect = AspectOf(object, catalog::v1::Aspect::kCustomProperties);
  return {aspect.custom_properties().properties().begin(), aspect.custom_properties().properties().end()};
}

// A line each: place, number, name, type.
inline std::string FieldsOf(const ingest::v1::CrawledObject& object) {
  std::string out;
  const auto aspect = AspectOf(object, catalog::v1::Aspect::kSchema);
  for (const auto& field : aspect.schema().fields()) {
    out += base::Cat(field.ordinal_position(), " ", field.source_id(), " ", field.name(), " ", field.type(),
                     field.nullable() ? "" : " not null", field.primary_key() ? " key" : "", "\n");
  }
  return out;
}

// A line each: name, with its namespace where it is another, and the pairs of columns.
inline std::string InputsOf(const ingest::v1::CrawledObject& object) {
  std::string out;
  for (const auto& input : object.inputs()) {
    if (input.asset().namespace_() != kNamespace) out += base::Cat(input.asset().namespace_(), " ");
    out += input.asset().name();
    for (const auto& pair : input.columns()) out += base::Cat(" ", pair.from().path(0), ">", pair.to().path(0));
    out += "\n";
  }
  return out;
}

}  // namespace cadastre::ingest_postgres
