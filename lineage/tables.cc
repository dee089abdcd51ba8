#include "lineage/tables.h"

#include "base/bytes.h"
#include "base/status.h"
#include "lineage/edge_columns.h"
#include "lineage/run_mask.h"

namespace cadastre::lineage {
namespace {

using authz::Keyspace;
using authz::Privilege;
using authz::RowRule;
using authz::Subjects;

// The first byte of this room's keys in kSeen.
enum class Seen : uint8_t { kCursor = 'C', kEdge = 'E', kJob = 'J', kRun = 'R', kStale = 'S' };  // and 'L': run_lists.h

// What no key of ours parses to is shown to nobody but the owner of everything.
RowRule Closed() { return {Subjects::Global(), Privilege::kAdminister}; }

RowRule EdgeRule(const StatusOr<EdgeKey>& edge, Privilege privilege) {
  if (!edge.ok()) return Closed();
  Subjects subjects = Subjects::Of(edge->from).And(edge->to);
  if (edge->job != edge->from && edge->job != edge->to) subjects.And(edge->job);
  return {subjects, privilege};
}

RowRule OutRule(std::string_view key, const record::Edge&) { return EdgeRule(ParseOutKey(key), Privilege::kBrowse); }
RowRule OutStateRule(std::string_view key, const record::EdgeState&) {
  return EdgeRule(ParseOutKey(key), Privilege::kBrowse);
}
RowRule InRule(std::string_view key, const record::EdgeState&) { return EdgeRule(ParseInKey(key), Privilege::kBrowse); }
RowRule EdgeSeenRule(std::string_view key, const record::EdgeSeen&) {
  return EdgeRule(ParseEdgeSeenKey(key), Privilege::kBrowse);
}

void OutMask(std::string_view key, record::Edge& edge, authz::ColumnSight& sight) {
  const auto parsed = ParseOutKey(key);
  if (!parsed.ok()) {
    edge.clear_columns();
    return;
  }
  KeepPairs(edge.mutable_columns(), [&](const record::ColumnPair& pair) {
    return sight.Sees(parsed->from, PathOf(pair.from())) &&
           (pair.to().empty() || sight.Sees(parsed->to, PathOf(pair.to())));
  });
  if (ShowsDescriptions(*parsed, sight)) return;
  for (record::ColumnPair& pair : *edge.mutable_columns()) pair.clear_description();
}

// Seen rows are shown for their times alone.
void EdgeSeenMask(std::string_view, record::EdgeSeen& seen, authz::ColumnSight&) {
  for (record::Stating& group : *seen.mutable_groups()) group.clear_columns();
}

RowRule JobRule(AssetId job) { return {Subjects::Of(job), Privilege::kReadOperations}; }

RowRule RunRule(std::string_view key, const record::Run&) {
  const auto parts = ParseRunKey(key);
  return parts.ok() ? JobRule(parts->job) : Closed();
}
void RunMask(std::string_view key, record::Run& run, authz::ColumnSight& sight) {
  const auto parts = ParseRunKey(key);
  MaskRun(parts.ok() ? parts->job : AssetId(), run, sight);
}
void RunHeadMask(std::string_view key, record::Run& run, authz::ColumnSight& sight) {
  run.clear_io();
  run.clear_facets();
  run.clear_trimmed();
  RunMask(key, run, sight);
}

RowRule RunIdRule(std::string_view key, const record::RunStart&) {
  base::ByteReader reader(key);
  if (!reader.ReadString().ok()) return Closed();
  const auto job = reader.ReadU64();
  return job.ok() ? JobRule(AssetId(*job)) : Closed();
}

// For keys of the form [what] <job>….
RowRule JobFirstRule(std::string_view key, size_t skipped) {
  base::ByteReader reader(key);
  if (!reader.ReadRaw(skipped).ok()) return Closed();
  const auto job = reader.ReadU64();
  return job.ok() ? JobRule(AssetId(*job)) : Closed();
}
RowRule RollupRule(std::string_view key, const record::RunRollup&) { return JobFirstRule(key, 0); }
RowRule JobSeenRule(std::string_view, const record::JobSeen&) { return Closed(); }
RowRule RunSeenRule(std::string_view key, const record::RunSeen&) { return JobFirstRule(key, 1); }
RowRule StaleLookRule(std::string_view, const record::StaleLook&) { return Closed(); }
RowRule StepCursorRule(std::string_view, const record::StepCursor&) { return Closed(); }

std::string EdgeKeyBytes(uint64_t first, EdgeKind kind, uint64_t second, const EdgeKey& edge) {
  std::string key;
  key.reserve(29);
  base::AppendU64(key, first);
  base::AppendU8(key, static_cast<uint8_t>(kind));
  base::AppendU64(key, second);
  base::AppendU64(key, edge.job.value());
  base::AppendU32(key, edge.producer);
  return key;
}

StatusOr<EdgeKind> ReadKind(base::ByteReader& reader) {
  ASSIGN_OR_RETURN(const uint8_t kind, reader.ReadU8());
  if (kind == 0 || kind > kEdgeKindMax) return base::DataLoss("edge kind ", kind);
  return static_cast<EdgeKind>(kind);
}

struct EdgeParts {
  uint64_t first;
  EdgeKind kind;
  uint64_t second;
  uint64_t job;
  uint32_t producer;
};
StatusOr<EdgeParts> ReadEdge(std::string_view key) {
  base::ByteReader reader(key);
  EdgeParts parts{};
  ASSIGN_OR_RETURN(parts.first, reader.ReadU64());
  ASSIGN_OR_RETURN(parts.kind, ReadKind(reader));
  ASSIGN_OR_RETURN(parts.second, reader.ReadU64());
  ASSIGN_OR_RETURN(parts.job, reader.ReadU64());
  ASSIGN_OR_RETURN(parts.producer, reader.ReadU32());
  RETURN_IF_ERROR(reader.ExpectEnd());
  return parts;
}

std::string SeenKey(Seen what) { return std::string(1, static_cast<char>(what)); }

}  // namespace

bool ShowsDescriptions(const EdgeKey& edge, const authz::ColumnSight& sight) {
  const auto code = [&](AssetId id) { return sight.Allows(Privilege::kReadCode, id); };
  return code(edge.from) && code(edge.to) && (!edge.job.valid() || code(edge.job));
}

const authz::Table<record::Edge> kOutTable = {Keyspace::kOut, OutRule, OutMask};
const authz::Table<record::EdgeState> kOutStateTable = {Keyspace::kOut, OutStateRule};
const authz::Table<record::EdgeState> kInTable = {Keyspace::kIn, InRule};
const authz::Table<record::Run> kRunTable = {Keyspace::kRun, RunRule, RunMask};
const authz::Table<record::Run> kRunHeadTable = {Keyspace::kRun, RunRule, RunHeadMask};
const authz::Table<record::RunStart> kRunIdTable = {Keyspace::kRunId, RunIdRule};
const authz::Table<record::RunRollup> kRollupTable = {Keyspace::kRollup, RollupRule};
const authz::Table<record::EdgeSeen> kEdgeSeenTable = {Keyspace::kSeen, EdgeSeenRule, EdgeSeenMask};
const authz::Table<record::JobSeen> kJobSeenTable = {Keyspace::kSeen, JobSeenRule};
const authz::Table<record::RunSeen> kRunSeenTable = {Keyspace::kSeen, RunSeenRule};
const authz::Table<record::StaleLook> kStaleLookTable = {Keyspace::kSeen, StaleLookRule};
const authz::Table<record::StepCursor> kStepCursorTable = {Keyspace::kSeen, StepCursorRule};

std::string OutKey(const EdgeKey& edge) { return EdgeKeyBytes(edge.from.value(), edge.kind, edge.to.value(), edge); }
std::string InKey(const EdgeKey& edge) { return EdgeKeyBytes(edge.to.value(), edge.kind, edge.from.value(), edge); }

StatusOr<EdgeKey> ParseOutKey(std::string_view key) {
  ASSIGN_OR_RETURN(const EdgeParts parts, ReadEdge(key));
  return EdgeKey{AssetId(parts.first), parts.kind, AssetId(parts.second), AssetId(parts.job), parts.producer};
}
StatusOr<EdgeKey> ParseInKey(std::string_view key) {
  ASSIGN_OR_RETURN(const EdgeParts parts, ReadEdge(key));
  return EdgeKey{AssetId(parts.second), parts.kind, AssetId(parts.first), AssetId(parts.job), parts.producer};
}

std::string NodePrefix(AssetId node) {
  std::string key;
  base::AppendU64(key, node.value());
  return key;
}

std::string RunPrefix(AssetId job) { return NodePrefix(job); }

std::string RunKey(AssetId job, Timestamp start, std::string_view run_id) {
  std::string key = RunPrefix(job);
  base::AppendComplementI64(key, start.micros());
  base::AppendString(key, run_id);
  return key;
}

StatusOr<RunKeyParts> ParseRunKey(std::string_view key) {
  base::ByteReader reader(key);
  ASSIGN_OR_RETURN(const uint64_t job, reader.ReadU64());
  ASSIGN_OR_RETURN(const int64_t start, reader.ReadComplementI64());
  ASSIGN_OR_RETURN(const std::string_view run_id, reader.ReadString());
  RETURN_IF_ERROR(reader.ExpectEnd());
  return RunKeyParts{AssetId(job), Timestamp(start), std::string(run_id)};
}

std::string RunIdKey(std::string_view run_id, AssetId job) {
  std::string key;
  base::AppendString(key, run_id);
  base::AppendU64(key, job.value());
  return key;
}

std::string EdgesSeenPrefix() { return SeenKey(Seen::kEdge); }

std::string EdgeSeenPrefix(const Scope& scope) {
  std::string key = EdgesSeenPrefix();
  base::AppendU64(key, scope.job.value());
  if (scope.target.valid()) base::AppendU64(key, scope.target.value());
  return key;
}

std::string EdgeSeenKey(const EdgeKey& edge) {
  std::string key = SeenKey(Seen::kEdge);
  base::AppendU64(key, edge.job.value());
  base::AppendU64(key, edge.to.value());
  base::AppendU8(key, static_cast<uint8_t>(edge.kind));
  base::AppendU64(key, edge.from.value());
  base::AppendU32(key, edge.producer);
  return key;
}

StatusOr<EdgeKey> ParseEdgeSeenKey(std::string_view key) {
  base::ByteReader reader(key);
  ASSIGN_OR_RETURN(const uint8_t what, reader.ReadU8());
  if (what != static_cast<uint8_t>(Seen::kEdge)) return base::DataLoss("not a seen edge");
  ASSIGN_OR_RETURN(const uint64_t job, reader.ReadU64());
  ASSIGN_OR_RETURN(const uint64_t to, reader.ReadU64());
  ASSIGN_OR_RETURN(const EdgeKind kind, ReadKind(reader));
  ASSIGN_OR_RETURN(const uint64_t from, reader.ReadU64());
  ASSIGN_OR_RETURN(const uint32_t producer, reader.ReadU32());
  RETURN_IF_ERROR(reader.ExpectEnd());
  return EdgeKey{AssetId(from), kind, AssetId(to), AssetId(job), producer};
}

void SetKey(const EdgeKey& edge, record::EdgeChange& change) {
  change.set_from(edge.from.value());
  change.set_kind(static_cast<uint32_t>(edge.kind));
  change.set_to(edge.to.value());
  change.set_job(edge.job.value());
  change.set_producer(edge.producer);
}

std::string JobSeenKey(const Scope& scope) {
  std::string key = SeenKey(Seen::kJob);
  base::AppendU64(key, scope.job.value());
  base::AppendU64(key, scope.target.value());
  return key;
}

std::string RunSeenKey(AssetId job, std::string_view run_id) {
  std::string key = SeenKey(Seen::kRun);
  base::AppendU64(key, job.value());
  base::AppendString(key, run_id);
  return key;
}

std::string StaleLookPrefix() { return SeenKey(Seen::kStale); }

std::string StaleLookKey(Timestamp due, AssetId job) {
  std::string key = StaleLookPrefix();
  base::AppendI64(key, due.micros());
  base::AppendU64(key, job.value());
  return key;
}

StatusOr<StaleLookParts> ParseStaleLookKey(std::string_view key) {
  base::ByteReader reader(key);
  ASSIGN_OR_RETURN(const uint8_t what, reader.ReadU8());
  if (what != static_cast<uint8_t>(Seen::kStale)) return base::DataLoss("not a stale look");
  ASSIGN_OR_RETURN(const int64_t due, reader.ReadI64());
  ASSIGN_OR_RETURN(const uint64_t job, reader.ReadU64());
  return StaleLookParts{Timestamp(due), AssetId(job)};
}

std::string StepCursorKey(std::string_view step) {
  std::string key = SeenKey(Seen::kCursor);
  base::AppendString(key, step);
  return key;
}

uint32_t DayOf(Timestamp time) {
  constexpr int64_t kDayUs = int64_t{24} * 3600 * 1'000'000;
  return time.micros() <= 0 ? 0 : static_cast<uint32_t>(time.micros() / kDayUs);
}

std::string RollupPrefix(AssetId job) { return NodePrefix(job); }

std::string RollupKey(AssetId job, uint32_t day) {
  std::string key = RollupPrefix(job);
  base::AppendU32(key, ~day);
  return key;
}

StatusOr<uint32_t> ParseRollupDay(std::string_view key) {
  base::ByteReader reader(key);
  RETURN_IF_ERROR(reader.ReadU64().status());
  ASSIGN_OR_RETURN(const uint32_t complement, reader.ReadU32());
  RETURN_IF_ERROR(reader.ExpectEnd());
  return ~complement;
}

}  // namespace cadastre::lineage
