// What all of dbt's artefacts begin with: who wrote it, when, and of which version it is.
//
// Thread rule: safe.
// Errors: INVALID_ARGUMENT naming the file, the version found and those expected.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "ingestors/dbt/json_file.h"

namespace cadastre::ingest_dbt {

struct ArtefactHead {
  int version = 0;
  std::string dbt_version, invocation_id, adapter, project;
  // As written; RFC 3339.
  std::string generated_at;
};

struct ArtefactKind {
  // As in `https://schemas.getdbt.com/dbt/manifest/v12.json`.
  std::string_view word;
  int version_min, version_max;
};
inline constexpr ArtefactKind kManifestKind{"manifest", 9, 12};
inline constexpr ArtefactKind kCatalogKind{"catalog", 1, 1};
inline constexpr ArtefactKind kRunResultsKind{"run-results", 4, 6};
inline constexpr ArtefactKind kSourcesKind{"sources", 3, 3};

absl::StatusOr<ArtefactHead> HeadOf(std::string_view path, const ArtefactKind& kind, JsonValue root);

// At most so much of a name is read; what is longer is no name the catalog takes.
inline constexpr size_t kNameBytesRead = 2'048;

// A name, an id or a word as it is.
inline std::string NameOf(JsonValue value) { return std::string(value.Text().substr(0, kNameBytesRead)); }

}  // namespace cadastre::ingest_dbt
