#include "server/wire/run_wire.h"

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

#include "catalog/labels.h"
#include "catalog/producer.h"
#include "server/rpc/options.h"
#include "server/wire/aspect_wire.h"
#include "server/wire/catalog_wire.h"

namespace cadastre::server {
namespace {

namespace v1 = catalog::v1;

// Facets that were left out and are named, of a run or of one of its datasets.
constexpr int kOmittedMax = 200;

void FillRef(const authz::GovernedView& view, uint64_t id, v1::AssetRef* out) {
  if (const std::optional<AssetName> name = view.NameOf(AssetId(id))) *out = catalog::RefOfName(*name);
}

void FillParent(const record::RunParent& parent, const authz::GovernedView& view, v1::ParentRun* out) {
  if (parent.job() != 0) FillRef(view, parent.job(), out->mutable_job());
  out->set_run_id(parent.run_id());
  if (parent.root_job() != 0) FillRef(view, parent.root_job(), out->mutable_root_job());
  out->set_root_run_id(parent.root_run_id());
}

using TimedFacets = google::protobuf::RepeatedPtrField<record::TimedFacet>;

bool IsChosen(const v1::Aspect& aspect, const FacetChoice& choice) {
  if (!choice.with_facets) return false;
  if (!choice.whole()) return true;
  return aspect.has_facet() ? choice.names.contains(aspect.facet().name()) : choice.kinds.contains(aspect.value_case());
}

// Those chosen, in their order: the shorter ones where not all fit. `Out` is a Run or a RunIo.
template <typename Out>
void AddFacets(const TimedFacets& facets, const FacetChoice& choice, size_t bytes_max, Out& out) {
  std::vector<std::pair<size_t, const v1::Aspect*>> chosen;
  for (const record::TimedFacet& facet : facets) {
    const bool head = facet.aspect().has_nominal_time();
    if (!head && IsChosen(facet.aspect(), choice)) chosen.emplace_back(facet.aspect().ByteSizeLong(), &facet.aspect());
  }
  std::vector<size_t> sizes;
  sizes.reserve(chosen.size());
  for (const auto& [bytes, aspect] : chosen) sizes.push_back(bytes);
  std::sort(sizes.begin(), sizes.end());
  // Up to which length they fit, and how many just that long do.
  size_t room = choice.whole() && sizes.size() == 1 ? std::numeric_limits<size_t>::max() : bytes_max;
  size_t longest = 0;
  size_t of_longest = 0;
  for (const size_t bytes : sizes) {
    constexpr size_t kFrameBytes = 6;
    if (bytes + kFrameBytes > room) break;
    room -= bytes + kFrameBytes;
    of_longest = bytes == longest ? of_longest + 1 : 1;
    longest = bytes;
  }
  for (const auto& [bytes, aspect] : chosen) {
    if (bytes < longest || (bytes == longest && of_longest > 0)) {
      if (bytes == longest) --of_longest;
      *out.add_facets() = WireAspect(*aspect);
      continue;
    }
    out.set_omitted_count(out.omitted_count() + 1);
    if (out.omitted_size() == kOmittedMax) continue;
    v1::OmittedFacet* omitted = out.add_omitted();
    omitted->set_kind(static_cast<v1::AspectKind>(aspect->value_case()));
    omitted->set_name(aspect->facet().name());
    omitted->set_bytes(static_cast<int64_t>(bytes));
  }
}

}  // namespace

v1::Run ToProto(const authz::Visible<lineage::RunRow>& row, const authz::GovernedView& view) {
  const record::Run& run = row->run;
  v1::Run out;
  out.set_run_id(row->run_id);
  FillRef(view, row->job.value(), out.mutable_job());
  out.set_state(static_cast<v1::RunState>(row->state));
  *out.mutable_started_at() = StampOf(Timestamp(run.started()));
  if (run.ended() != 0) *out.mutable_ended_at() = StampOf(Timestamp(run.ended()));
  *out.mutable_last_event_at() = StampOf(Timestamp(run.last_event()));
  out.set_events(static_cast<int32_t>(row->events));
  out.set_trimmed(run.trimmed());
  if (run.has_parent()) FillParent(run.parent(), view, out.mutable_parent());
  for (const record::TimedFacet& facet : run.facets()) {
    if (!facet.aspect().has_nominal_time()) continue;
    *out.mutable_nominal_time() = std::move(*WireAspect(facet.aspect()).mutable_nominal_time());
  }
  out.set_dataset_count(run.io_size());
  if (const auto producer = catalog::FindProducer(view, run.producer())) {
    out.mutable_source()->set_principal(producer->principal());
    out.mutable_source()->set_tool(producer->tool());
  }
  return out;
}

void FillFacets(const authz::Visible<lineage::RunRow>& row, const FacetChoice& choice, v1::Run& out) {
  AddFacets(row->run.facets(), choice, choice.whole() ? kRunChosenBytesMax : kRunFacetBytesMax, out);
}

v1::RunIo ToProto(const authz::Visible<lineage::RunRow>& row, int io, const authz::GovernedView& view,
                  const FacetChoice& choice) {
  const record::RunIo& from = row->run.io(io);
  v1::RunIo out;
  FillRef(view, from.dataset(), out.mutable_dataset());
  out.set_output(from.output());
  AddFacets(from.facets(), choice, choice.io_bytes_max, out);
  return out;
}

}  // namespace cadastre::server
