// The tables of this room: descriptors with the rule each row is opened by, and the codecs of their keys.
//
// Keys are without keyspace byte and suffix. Thread rule: compatible.
// Errors of Parse…: DATA_LOSS. The descriptors do not decide which columns of
// an edge a viewer sees beyond their mask; column_pairs.h does.
#pragma once

#include <string>
#include <string_view>

#include "authz/view/table.h"
#include "base/words.h"
#include "cadastre/record/lineage.pb.h"
#include "cadastre/record/log.pb.h"
#include "lineage/edge.h"

namespace cadastre::lineage {

// An edge is about its two ends and its job: all must be visible.
extern const authz::Table<record::Edge> kOutTable;
// What a pair of the edge is described by may be code: it opens under `read_code` on all that the edge is about.
bool ShowsDescriptions(const EdgeKey& edge, const authz::ColumnSight& sight);
// The same rows without their column pairs, so that walking one notes no column as shown.
extern const authz::Table<record::EdgeState> kOutStateTable;
extern const authz::Table<record::EdgeState> kInTable;
// A run is about its job and needs read_operations; datasets and parents the viewer may not see are dropped from it.
extern const authz::Table<record::Run> kRunTable;
// The same without facets, inputs and outputs, for lists.
extern const authz::Table<record::Run> kRunHeadTable;
extern const authz::Table<record::RunStart> kRunIdTable;
extern const authz::Table<record::RunRollup> kRollupTable;
extern const authz::Table<record::EdgeSeen> kEdgeSeenTable;
extern const authz::Table<record::JobSeen> kJobSeenTable;
extern const authz::Table<record::RunSeen> kRunSeenTable;
// For background steps alone: opened by no viewer without `administer` on everything.
extern const authz::Table<record::StaleLook> kStaleLookTable;
extern const authz::Table<record::StepCursor> kStepCursorTable;

std::string OutKey(const EdgeKey& edge);
std::string InKey(const EdgeKey& edge);
StatusOr<EdgeKey> ParseOutKey(std::string_view key);
StatusOr<EdgeKey> ParseInKey(std::string_view key);
// The rows of one node.
std::string NodePrefix(AssetId node);

std::string RunKey(AssetId job, Timestamp start, std::string_view run_id);
std::string RunPrefix(AssetId job);
struct RunKeyParts {
  AssetId job;
  Timestamp start;
  std::string run_id;
};
StatusOr<RunKeyParts> ParseRunKey(std::string_view key);
std::string RunIdKey(std::string_view run_id, AssetId job);

// Whose edges have their histories decided together: those of a job, or those into one target that no job states.
struct Scope {
  AssetId job;
  AssetId target;  // 0 with a job

  static Scope Of(AssetId job, AssetId to) { return job.valid() ? Scope{job, AssetId()} : Scope{job, to}; }
  friend auto operator<=>(const Scope&, const Scope&) = default;
};
std::string EdgeSeenKey(const EdgeKey& edge);
// Which edge a log record tells of.
void SetKey(const EdgeKey& edge, record::EdgeChange& change);
std::string EdgeSeenPrefix(const Scope& scope);
// Of all scopes.
std::string EdgesSeenPrefix();
StatusOr<EdgeKey> ParseEdgeSeenKey(std::string_view key);
std::string JobSeenKey(const Scope& scope);
std::string RunSeenKey(AssetId job, std::string_view run_id);
std::string StaleLookKey(Timestamp due, AssetId job);
std::string StaleLookPrefix();
struct StaleLookParts {
  Timestamp due;
  AssetId job;
};
StatusOr<StaleLookParts> ParseStaleLookKey(std::string_view key);
std::string StepCursorKey(std::string_view step);

// Days since the epoch, of UTC.
uint32_t DayOf(Timestamp time);
std::string RollupKey(AssetId job, uint32_t day);
std::string RollupPrefix(AssetId job);
StatusOr<uint32_t> ParseRollupDay(std::string_view key);

}  // namespace cadastre::lineage
