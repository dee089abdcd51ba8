// Whatever the bytes: splitting, parsing and mapping end without a crash, every name that comes out is valid, and
// facets are pieces of the input.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/asset_name.h"
#include "base/check.h"
#include "base/limits.h"
#include "base/status.h"
#include "base/utf8.h"
#include "ingestors/openlineage/batch.h"
#include "ingestors/openlineage/map.h"
#include "ingestors/openlineage/parse.h"

namespace {

namespace base = cadastre::base;
namespace openlineage = cadastre::openlineage;

void CheckName(const base::AssetName& name) { CHECK(base::CheckAssetName(name).ok()) << AssetNameText(name); }

void CheckPath(const openlineage::ColumnPath& path) {
  CHECK(path.size() <= base::kColumnPathSegmentsMax);
  for (const std::string& segment : path) {
    CHECK(!segment.empty() && segment.size() <= base::kColumnSegmentBytesMax && base::IsValidUtf8(segment));
  }
}

// What is not UTF-8 could be written to disk and never be read again.
void CheckAspect(const cadastre::catalog::v1::Aspect& aspect) {
  cadastre::catalog::v1::Aspect copy;
  CHECK(aspect.value_case() != cadastre::catalog::v1::Aspect::VALUE_NOT_SET);
  CHECK(copy.ParseFromString(aspect.SerializeAsString()));
}

void CheckEvent(const openlineage::MappedEvent& event) {
  if (event.job.has_value()) CheckName(*event.job);
  for (const base::AssetName& dataset : event.datasets) CheckName(dataset);
  for (const auto& aspect : event.aspects) {
    CheckName(aspect.asset);
    CheckPath(aspect.column);
    CheckAspect(aspect.aspect);
  }
  for (const auto& edge : event.edges) {
    CheckName(edge.from);
    CheckName(edge.to);
    for (const auto& pair : edge.columns) {
      CheckPath(pair.from);
      CheckPath(pair.to);
    }
  }
  for (const auto& alias : event.aliases) CheckName(alias.alias);
  for (const auto& fold : event.folded) CheckName(fold.parent);
  for (const auto& statement : event.statements) CheckName(statement.target);
  if (event.run.has_value()) {
    for (const auto& aspect : event.run->facets) CheckAspect(aspect);
    for (const auto& input : event.run->inputs) CheckName(input.dataset);
    for (const auto& output : event.run->outputs) CheckName(output.dataset);
  }
}

void CheckOne(std::string_view json) {
  const absl::StatusOr<openlineage::Event> event = openlineage::Parse(json);
  if (!event.ok()) {
    CHECK(base::FieldOf(event.status()).has_value());
    return;
  }
  if (event->run.has_value()) {
    for (const openlineage::RawFacet& facet : event->run->facets)
      CHECK(json.find(facet.json) != std::string_view::npos);
  }
  CheckEvent(openlineage::Map(*event));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view body(reinterpret_cast<const char*>(data), size);
  const absl::StatusOr<std::vector<std::string_view>> events = openlineage::SplitBatch(body);
  if (events.ok()) {
    for (const std::string_view event : *events) CheckOne(event);
  }
  CheckOne(body);
  return 0;
}
