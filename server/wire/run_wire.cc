#include "server/wire/run_wire.h"

#include <utility>

#include "catalog/labels.h"
#include "catalog/producer.h"
#include "server/rpc/options.h"
#include "server/wire/aspect_wire.h"
#include "server/wire/catalog_wire.h"

namespace cadastre::server {
namespace {

namespace v1 = catalog::v1;

void FillRef(const authz::GovernedView& view, uint64_t id, v1::AssetRef* out) {
  if (const std::optional<AssetName> name = view.NameOf(AssetId(id))) *out = catalog::RefOfName(*name);
}

void FillParent(const record::RunParent& parent, const authz::GovernedView& view, v1::ParentRun* out) {
  if (parent.job() != 0) FillRef(view, parent.job(), out->mutable_job());
  out->set_run_id(parent.run_id());
  if (parent.root_job() != 0) FillRef(view, parent.root_job(), out->mutable_root_job());
  out->set_root_run_id(parent.root_run_id());
}

void FillIo(const record::RunIo& io, const authz::GovernedView& view, v1::Run& out) {
  const std::optional<AssetName> name = view.NameOf(AssetId(io.dataset()));
  if (!name) return;
  v1::RunIo* one = io.output() ? out.add_outputs() : out.add_inputs();
  *one->mutable_dataset() = catalog::RefOfName(*name);
  one->set_output(io.output());
  for (const record::TimedFacet& facet : io.facets()) *one->add_facets() = WireAspect(facet.aspect());
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
    if (facet.aspect().has_nominal_time()) {
      *out.mutable_nominal_time() = std::move(*WireAspect(facet.aspect()).mutable_nominal_time());
    } else {
      *out.add_facets() = WireAspect(facet.aspect());
    }
  }
  for (const record::RunIo& io : run.io()) FillIo(io, view, out);
  if (const auto producer = catalog::FindProducer(view, run.producer())) {
    out.mutable_source()->set_principal(producer->principal());
    out.mutable_source()->set_tool(producer->tool());
  }
  return out;
}

}  // namespace cadastre::server
