#include "ingestors/dbt/artefact.h"

#include <charconv>

#include "base/status.h"
#include "ingestors/runner/text.h"

namespace cadastre::ingest_dbt {
namespace {

constexpr std::string_view kSchemas = "/dbt/";
constexpr size_t kShownBytes = 200;

// The number in `…/dbt/KIND/v12.json`; 0 where it is of another kind or none.
int VersionOf(std::string_view schema, std::string_view kind) {
  const std::string before = base::Cat(kSchemas, kind, "/v");
  const size_t at = schema.rfind(before);
  if (at == std::string_view::npos || !schema.ends_with(".json")) return 0;
  const std::string_view digits = schema.substr(at + before.size(), schema.size() - at - before.size() - 5);
  int version = 0;
  const auto end = std::from_chars(digits.data(), digits.data() + digits.size(), version);
  return end.ec == std::errc() && end.ptr == digits.data() + digits.size() ? version : 0;
}

}  // namespace

absl::StatusOr<ArtefactHead> HeadOf(std::string_view path, const ArtefactKind& kind, JsonValue root) {
  const JsonValue metadata = root["metadata"];
  const std::string_view schema = metadata["dbt_schema_version"].Text();
  ArtefactHead head;
  head.version = VersionOf(schema, kind.word);
  if (head.version < kind.version_min || head.version > kind.version_max) {
    const std::string found = schema.empty() ? "nothing that says so"
                              : head.version == 0
                                  ? ingest::Mended(schema, kShownBytes)
                                  : base::Cat("v", head.version, " (dbt ", metadata["dbt_version"].AsText(64), ")");
    return base::InvalidArgument(path, ": expected dbt's ", kind.word, " v", kind.version_min,
                                 kind.version_max > kind.version_min ? base::Cat(" to v", kind.version_max) : "",
                                 ", found ", found);
  }
  head.dbt_version = metadata["dbt_version"].AsText(64);
  head.invocation_id = metadata["invocation_id"].AsText(128);
  head.adapter = metadata["adapter_type"].AsText(64);
  head.project = metadata["project_name"].AsText(256);
  head.generated_at = metadata["generated_at"].AsText(64);
  return head;
}

}  // namespace cadastre::ingest_dbt
