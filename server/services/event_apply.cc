#include "server/services/event_apply.h"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/status.h"
#include "catalog/alias.h"
#include "catalog/upsert.h"
#include "lineage/event_write.h"
#include "lineage/record_event.h"
#include "server/services/last_stated.h"

namespace cadastre::server {
namespace {

constexpr size_t kLeftOutMax = 100;

// Interns each name once.
class Names {
 public:
  Names(authz::WriteSession* session, const authz::RowPermit& permit) : session_(session), permit_(permit) {}

  StatusOr<AssetId> Of(const AssetName& name) {
    const auto known = ids_.find(name);
    if (known != ids_.end()) return known->second;
    ASSIGN_OR_RETURN(const AssetId id, session_->Intern(permit_, name));
    ids_.emplace(name, id);
    // The record of a push names what the event speaks of, also where it says nothing new.
    session_->shown().Note(id);
    return id;
  }
  // 0 where there is no name.
  StatusOr<AssetId> Of(const std::optional<AssetName>& name) {
    if (!name) return AssetId();
    return Of(*name);
  }

 private:
  authz::WriteSession* session_;
  authz::RowPermit permit_;
  std::map<AssetName, AssetId> ids_;
};

lineage::RunState StateOf(openlineage::RunState state) {
  switch (state) {
    case openlineage::RunState::kComplete: return lineage::RunState::kComplete;
    case openlineage::RunState::kFailed: return lineage::RunState::kFailed;
    case openlineage::RunState::kAborted: return lineage::RunState::kAborted;
    case openlineage::RunState::kRunning: return lineage::RunState::kRunning;
    case openlineage::RunState::kOther: return lineage::RunState::kUnspecified;
  }
  return lineage::RunState::kUnspecified;
}

lineage::EdgeKind KindOf(openlineage::EdgeKind kind) {
  switch (kind) {
    case openlineage::EdgeKind::kConsumes: return lineage::EdgeKind::kConsumes;
    case openlineage::EdgeKind::kProduces: return lineage::EdgeKind::kProduces;
    case openlineage::EdgeKind::kDerives: return lineage::EdgeKind::kDerives;
    case openlineage::EdgeKind::kTriggers: return lineage::EdgeKind::kTriggers;
  }
  return lineage::EdgeKind::kDerives;
}

record::ColumnPair PairOf(const openlineage::ColumnPair& pair) {
  record::ColumnPair out;
  for (const std::string& segment : pair.from) out.add_from(segment);
  for (const std::string& segment : pair.to) out.add_to(segment);
  out.set_type(pair.type);
  out.set_subtype(pair.subtype);
  out.set_description(pair.description);
  out.set_masking(pair.masking);
  return out;
}

StatusOr<lineage::EventRun> RunOf(Names& names, const openlineage::MappedRun& run) {
  lineage::EventRun out;
  out.run_id = run.run_id;
  out.state = StateOf(run.state);
  out.facets = run.facets;
  out.definition = run.definition;
  if (!run.parent) return out;
  ASSIGN_OR_RETURN(out.parent_job, names.Of(run.parent->job));
  ASSIGN_OR_RETURN(out.root_job, names.Of(run.parent->root_job));
  out.parent_run_id = run.parent->run_id;
  out.root_run_id = run.parent->root_run_id;
  return out;
}

StatusOr<std::vector<lineage::EventDataset>> DatasetsOf(Names& names,
                                                        const std::vector<openlineage::RunDataset>& from) {
  std::vector<lineage::EventDataset> out;
  for (const openlineage::RunDataset& dataset : from) {
    lineage::EventDataset& one = out.emplace_back();
    ASSIGN_OR_RETURN(one.dataset, names.Of(dataset.dataset));
    one.facets = dataset.facets;
  }
  return out;
}

StatusOr<lineage::EventWrite> LineageOf(Names& names, const openlineage::MappedEvent& event, uint32_t producer) {
  lineage::EventWrite out;
  out.producer = producer;
  out.event_time = event.event_time;
  ASSIGN_OR_RETURN(out.job, names.Of(event.job));
  if (event.run) {
    ASSIGN_OR_RETURN(out.run, RunOf(names, *event.run));
    ASSIGN_OR_RETURN(out.inputs, DatasetsOf(names, event.run->inputs));
    ASSIGN_OR_RETURN(out.outputs, DatasetsOf(names, event.run->outputs));
  }
  for (const openlineage::MappedEdge& edge : event.edges) {
    lineage::EventEdge& one = out.edges.emplace_back();
    one.kind = KindOf(edge.kind);
    ASSIGN_OR_RETURN(one.from, names.Of(edge.from));
    ASSIGN_OR_RETURN(one.to, names.Of(edge.to));
    ASSIGN_OR_RETURN(one.job, names.Of(edge.job));
    one.covered = edge.covered;
    for (const openlineage::ColumnPair& pair : edge.columns) one.columns.push_back(PairOf(pair));
  }
  for (const openlineage::LineageStatement& statement : event.statements) {
    lineage::EventDefinition& one = out.definitions.emplace_back();
    one.kind = statement.target.kind == AssetKind::kJob ? lineage::EdgeKind::kConsumes : lineage::EdgeKind::kDerives;
    ASSIGN_OR_RETURN(one.to, names.Of(statement.target));
    one.job = out.job;
  }
  const auto define = [&out](lineage::EdgeKind kind, AssetId job) {
    out.definitions.push_back({kind, AssetId(), job});
  };
  if (event.defines_inputs) define(lineage::EdgeKind::kConsumes, out.job);
  if (event.defines_outputs) define(lineage::EdgeKind::kProduces, out.job);
  if (event.defines_inputs && event.defines_outputs) define(lineage::EdgeKind::kDerives, out.job);
  for (const openlineage::MappedEvent::JobDefinition& definition : event.job_definitions) {
    ASSIGN_OR_RETURN(const AssetId job, names.Of(definition.job));
    if (definition.inputs) define(lineage::EdgeKind::kConsumes, job);
    if (definition.outputs) define(lineage::EdgeKind::kProduces, job);
  }
  return out;
}

std::set<std::vector<std::string>> TaggedColumns(const openlineage::MappedEvent& event, const AssetName& asset) {
  std::set<std::vector<std::string>> columns;
  for (const openlineage::MappedAspect& mapped : event.aspects) {
    if (mapped.aspect.has_tags() && !mapped.deleted && mapped.asset == asset) columns.insert(mapped.column);
  }
  return columns;
}

// One aspect that cannot be kept is left out; the run and the other datasets stand.
void LeaveOut(const openlineage::MappedAspect& mapped, const Status& why, Applied& applied) {
  if (applied.left_out.size() >= kLeftOutMax) return;
  const std::string field = base::FieldOf(why).value_or("aspect");
  applied.left_out.push_back({"aspect_not_kept", base::Cat(base::AssetNameText(mapped.asset), " ", field)});
}

Status ApplyAspects(authz::WriteSession& session, Names& names, const openlineage::MappedEvent& event,
                    const catalog::Producer& producer, Applied& applied) {
  catalog::Upserter upserter(&session, producer);
  const auto overruled = OverruledIn(event.aspects);
  for (size_t i = 0; i < event.aspects.size(); ++i) {
    const openlineage::MappedAspect& mapped = event.aspects[i];
    if (!session.MayPush(mapped.asset)) {
      ++applied.out_of_scope;
      continue;
    }
    const auto by_later = overruled.find(i);
    if (by_later != overruled.end() && !by_later->second) continue;
    ASSIGN_OR_RETURN(auto permit, session.PermitPush(mapped.asset));
    catalog::AspectWrite write;
    RETURN_IF_ERROR(names.Of(mapped.asset).status());
    write.column_path = mapped.column;
    write.aspect = by_later == overruled.end() ? mapped.aspect : *by_later->second;
    write.held = mapped.held_at;
    write.withdraw = mapped.deleted;
    const Status stated = upserter.Upsert(std::move(permit), std::move(write)).status();
    if (absl::IsInvalidArgument(stated)) {
      LeaveOut(mapped, stated, applied);
    } else {
      RETURN_IF_ERROR(stated);
    }
  }
  for (const AssetName& asset : event.retagged) {
    if (asset.kind != AssetKind::kDataset || !session.MayPush(asset)) continue;
    ASSIGN_OR_RETURN(auto permit, session.PermitPush(asset));
    RETURN_IF_ERROR(names.Of(asset).status());
    RETURN_IF_ERROR(upserter.EndOtherColumnTags(std::move(permit), TaggedColumns(event, asset), event.event_time));
  }
  return upserter.Finish();
}

Status ApplyAliases(authz::WriteSession& session, Names& names, const openlineage::MappedEvent& event,
                    const catalog::Producer& producer, Applied& applied) {
  for (const openlineage::MappedAlias& alias : event.aliases) {
    if (!session.MayPush(alias.asset)) {
      ++applied.out_of_scope;
      continue;
    }
    ASSIGN_OR_RETURN(auto permit, session.PermitPush(alias.asset));
    ASSIGN_OR_RETURN(const AssetId asset, names.Of(alias.asset));
    ASSIGN_OR_RETURN(const AssetId other, names.Of(alias.alias));
    if (asset == other) continue;
    RETURN_IF_ERROR(catalog::RecordAlias(session, std::move(permit), producer, other, alias.type).status());
  }
  return absl::OkStatus();
}

}  // namespace

StatusOr<Applied> ApplyEvent(authz::WriteSession& session, const openlineage::MappedEvent& event, catalog::Rank rank) {
  Applied applied;
  if (!event.job && event.datasets.empty()) return base::InvalidField("job", "a job or a dataset");
  auto permitted = session.PermitPush(event.job ? *event.job : event.datasets.front());
  // With its field: of this event, so that those beside it are taken.
  if (!permitted.ok()) {
    return base::FieldStatus(permitted.status().code(), event.job ? "job" : "dataset",
                             base::MessageOf(permitted.status()));
  }
  auto permit = *std::move(permitted);
  ASSIGN_OR_RETURN(const catalog::Producer producer, catalog::InternProducer(session, event.tool, rank));
  Names names(&session, authz::RowPermit(permit));
  for (const AssetName& dataset : event.datasets) RETURN_IF_ERROR(names.Of(dataset).status());
  if (event.job && event.of_statement) RETURN_IF_ERROR(authz::SetHasStatements(session, permit));
  RETURN_IF_ERROR(ApplyAliases(session, names, event, producer, applied));
  RETURN_IF_ERROR(ApplyAspects(session, names, event, producer, applied));
  ASSIGN_OR_RETURN(const lineage::EventWrite write, LineageOf(names, event, producer.number));
  RETURN_IF_ERROR(lineage::Record(session, std::move(permit), write));
  return applied;
}

}  // namespace cadastre::server
