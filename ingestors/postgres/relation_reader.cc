#include "ingestors/postgres/relation_reader.h"

#include <algorithm>
#include <charconv>
#include <set>
#include <utility>

#include "base/status.h"
#include "base/utf8.h"
#include "ingestors/postgres/column_profile.h"
#include "ingestors/postgres/queries.h"
#include "ingestors/postgres/relation_draft.h"
#include "ingestors/postgres/remote_server.h"
#include "ingestors/postgres/view_columns.h"
#include "ingestors/runner/text.h"

namespace cadastre::ingest_postgres {
namespace {

constexpr size_t kTextBytesMax = size_t{64} << 10;
// A server that ends query after query for their time is not asked on and on.
constexpr int kTimeoutsMax = 16;
// For parts of a set that waited its whole time for somebody's lock.
constexpr int kLockMillisAgain = 100;
// What format_type says of a type that is gone.
constexpr std::string_view kNoType = "???";

std::string_view WordOfConstraint(char kind) {
  switch (kind) {
    case 'p': return "primary key";
    case 'u': return "unique key";
    case 'f': return "foreign key";
    case 'x': return "exclusion";
    default: return "check";
  }
}

std::string_view WordOfCommand(char command) {
  switch (command) {
    case 'r': return "SELECT";
    case 'a': return "INSERT";
    case 'w': return "UPDATE";
    case 'd': return "DELETE";
    default: return "ALL";
  }
}

// `{1,2}`.
std::vector<int64_t> NumbersOf(std::string_view array) {
  std::vector<int64_t> numbers;
  for (size_t at = 0; at < array.size(); ++at) {
    int64_t number = 0;
    const auto [end, error] = std::from_chars(array.data() + at, array.data() + array.size(), number);
    if (error != std::errc()) continue;
    numbers.push_back(number);
    at = static_cast<size_t>(end - array.data());
  }
  return numbers;
}

char FirstOf(const std::string& text) { return text.empty() ? '\0' : text.front(); }

}  // namespace

RelationReader::RelationReader(Connection* connection, const PostgresNames* names, std::string database,
                               std::string database_oid, int64_t block_bytes, bool samples)
    : connection_(connection),
      names_(names),
      database_(std::move(database)),
      database_oid_(std::move(database_oid)),
      block_bytes_(block_bytes),
      samples_(samples) {}

absl::Status RelationReader::Begin() { return connection_->Query(kRelations).status(); }

void RelationReader::TakeDetails(const Rows& rows, int row, RelationDraft& draft) {
  draft.Say("owner", rows.Text(row, 1));
  draft.comment = rows.Text(row, 2);
  draft.rows = rows.Number(row, 3);
  draft.pages = rows.Number(row, 4);
  // Before version 14 a table that was never analysed says that it has none.
  if (draft.rows == 0 && draft.pages == 0 && connection_->version() < 140'000) draft.rows = -1;
  if (rows.Flag(row, 5)) draft.Say("row security", rows.Flag(row, 6) ? "forced, on its owner too" : "enabled");
  if (FirstOf(rows.Text(row, 7)) == 'u') draft.Say("persistence", "unlogged");
  draft.partition_key = rows.Text(row, 8);
  draft.Say("inherits", rows.Text(row, 9));
  draft.Say("foreign server", rows.Text(row, 10));
  draft.analysed = rows.Number(row, 11);
  if (draft.kind == 'm' && !rows.Flag(row, 12)) draft.Say("populated", "no");
}

absl::Status RelationReader::ForEach(const char* sql, const std::vector<std::string>& oids, Drafts& drafts,
                                     void (RelationReader::*take)(const Rows&, int, RelationDraft&)) {
  if (oids.empty()) return absl::OkStatus();
  absl::StatusOr<Rows> rows = connection_->Try(sql, {OidList(oids)});
  if (rows.ok()) {
    for (int row = 0; row < rows->size(); ++row) {
      const auto draft = drafts.find(rows->Text(row, 0));
      if (draft != drafts.end()) (this->*take)(*rows, row, *draft->second);
    }
    return absl::OkStatus();
  }
  // A privilege is missing on what is read of all relations.
  if (absl::IsUnavailable(rows.status()) || absl::IsPermissionDenied(rows.status())) return rows.status();
  if (absl::IsDeadlineExceeded(rows.status()) && ++timeouts_ > kTimeoutsMax) return rows.status();
  if (oids.size() == 1) {
    drafts.at(oids.front())->failed = base::MessageOf(rows.status());
    return absl::OkStatus();
  }
  if (absl::IsFailedPrecondition(rows.status())) RETURN_IF_ERROR(connection_->WaitForLocks(kLockMillisAgain));
  const auto middle = oids.begin() + static_cast<std::ptrdiff_t>(oids.size() / 2);
  RETURN_IF_ERROR(ForEach(sql, {oids.begin(), middle}, drafts, take));
  return ForEach(sql, {middle, oids.end()}, drafts, take);
}

absl::Status RelationReader::ForAll(const char* sql, const std::vector<std::string>& oids, Drafts& drafts,
                                    void (RelationReader::*take)(const Rows&, int, RelationDraft&)) {
  RETURN_IF_ERROR(ForEach(sql, oids, drafts, take));
  return connection_->WaitForLocks(0);
}

void RelationReader::TakeColumn(const Rows& rows, int row, RelationDraft& draft) {
  const std::string name = rows.Text(row, 2);
  if (!base::IsValidUtf8(name)) {
    draft.failed = "the name of a column is no UTF-8";
    return;
  }
  const std::string type = rows.Text(row, 3);
  if (type.starts_with(kNoType)) {
    draft.failed = "it was dropped while it was read";
    return;
  }
  catalog::v1::SchemaField& field = *draft.schema.add_fields();
  field.set_name(name);
  field.set_type(ingest::Mended(type, RelationDraft::kPropertyBytesMax));
  field.set_description(ingest::Mended(rows.Text(row, 5), kTextBytesMax));
  // Numbers have gaps where columns were dropped; places have none.
  field.set_ordinal_position(draft.schema.fields_size());
  field.set_nullable(!rows.Flag(row, 4));
  field.set_source_id(rows.Number(row, 1));
  if (const char identity = FirstOf(rows.Text(row, 6)); identity != '\0') {
    draft.Say(base::Cat("identity column ", name), identity == 'a' ? "ALWAYS" : "BY DEFAULT");
  }
  draft.Say(base::Cat("generated column ", name), rows.Text(row, 7));
}

void RelationReader::TakeConstraint(const Rows& rows, int row, RelationDraft& draft) {
  const char kind = FirstOf(rows.Text(row, 2));
  if (kind == 'p') {
    for (const int64_t column : NumbersOf(rows.Text(row, 4))) draft.key_columns.insert(column);
  }
  draft.Say(base::Cat(WordOfConstraint(kind), " ", rows.Text(row, 1)), rows.Text(row, 3));
}

void RelationReader::TakeIndex(const Rows& rows, int row, RelationDraft& draft) {
  draft.Say(base::Cat("index ", rows.Text(row, 1)),
            base::Cat(rows.Text(row, 2), rows.Flag(row, 3) ? "" : " (invalid)"));
}

void RelationReader::TakePolicy(const Rows& rows, int row, RelationDraft& draft) {
  draft.Say(base::Cat("policy ", rows.Text(row, 1)),
            base::Cat(rows.Flag(row, 3) ? "" : "RESTRICTIVE ", WordOfCommand(FirstOf(rows.Text(row, 2))), " for ",
                      rows.Text(row, 4)));
}

void RelationReader::TakeGrant(const Rows& rows, int row, RelationDraft& draft) {
  draft.Say(base::Cat("granted to ", rows.Text(row, 1)), rows.Text(row, 2));
}

void RelationReader::TakeColumnGrant(const Rows& rows, int row, RelationDraft& draft) {
  draft.Say(base::Cat("granted on columns to ", rows.Text(row, 1)), rows.Text(row, 2));
}

void RelationReader::TakePartitions(const Rows& rows, int row, RelationDraft& draft) {
  draft.Say("partitions", rows.Text(row, 1));
  if (rows.Number(row, 2) > 0) draft.Say("partitions that are partitioned", rows.Text(row, 2));
  draft.rows = rows.Flag(row, 4) ? rows.Number(row, 3) : -1;
  draft.pages = rows.Number(row, 5);
  draft.analysed = rows.Number(row, 6);
}

void RelationReader::TakeDefinition(const Rows& rows, int row, RelationDraft& draft) {
  if (rows.Flag(row, 3)) {
    draft.failed = "it was dropped while it was read";
    return;
  }
  draft.sql = rows.Text(row, 1);
  draft.sql_left_out = rows.IsNull(row, 1);
  draft.origins = ColumnOriginsOf(rows.Text(row, 2));
}

void RelationReader::TakeInput(const Rows& rows, int row, RelationDraft& draft) {
  draft.inputs.push_back({rows.Text(row, 1), {database_, rows.Text(row, 2), rows.Text(row, 3)}});
}

void RelationReader::TakeRemote(const Rows& rows, int row, RelationDraft& draft) {
  const std::string host = rows.Text(row, 2), address = rows.Text(row, 3), port = rows.Text(row, 4);
  const std::string ns = NamespaceOf({host, address, port, rows.Text(row, 6)}, names_->ns());
  const std::string database = rows.Text(row, 5);
  // Without a database it is that of the user's name, which only the users' options tell.
  if (ns.empty() || database.empty()) return;
  RelationDraft::Remote& remote = draft.remotes[rows.Text(row, 1)];
  remote.ns = ns;
  remote.levels = {database, rows.Text(row, 7), rows.Text(row, 8)};
  if (!rows.IsNull(row, 10)) remote.columns.emplace_back(rows.Text(row, 9), rows.Text(row, 10));
}

void RelationReader::TakeProfile(const Rows& rows, int row, RelationDraft& draft) {
  if (draft.rows < 0) return;
  const std::string column = rows.Text(row, 1);
  if (!base::IsValidUtf8(column)) return;
  draft.profiles[column] = ColumnProfileOf(column, rows.Fraction(row, 2), rows.Fraction(row, 3), draft.rows);
}

void RelationReader::TakeSamples(const Rows& rows, int row, RelationDraft& draft) {
  const auto profile = draft.profiles.find(rows.Text(row, 1));
  if (profile != draft.profiles.end()) AddBounds(rows.Text(row, 2), rows.Text(row, 3), profile->second);
}

absl::Status RelationReader::ReadColumnNames(Drafts& drafts) {
  column_names_.clear();
  std::set<std::string> inputs;
  for (const auto& [oid, draft] : drafts) {
    if (draft->origins.empty()) continue;
    for (const RelationDraft::Input& input : draft->inputs) inputs.insert(input.oid);
  }
  if (inputs.empty()) return absl::OkStatus();
  const absl::StatusOr<Rows> rows = connection_->Try(kColumnNames, {OidList({inputs.begin(), inputs.end()})});
  if (absl::IsUnavailable(rows.status()) || absl::IsPermissionDenied(rows.status())) return rows.status();
  if (!rows.ok()) {
    for (const auto& [oid, draft] : drafts) {
      if (!draft->origins.empty()) draft->failed = base::MessageOf(rows.status());
    }
    return absl::OkStatus();
  }
  for (int row = 0; row < rows->size(); ++row) {
    column_names_[rows->Text(row, 0)][rows->Number(row, 1)] = rows->Text(row, 2);
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<Relation>> RelationReader::NextPage(bool& end) {
  ASSIGN_OR_RETURN(const Rows rows, connection_->Query(kFetchRelations));
  end = rows.size() == 0;
  std::vector<RelationDraft> page;
  page.reserve(static_cast<size_t>(rows.size()));
  for (int row = 0; row < rows.size(); ++row) {
    std::vector<std::string> levels = {database_, rows.Text(row, 1), rows.Text(row, 2)};
    if (!names_->Takes(levels)) continue;
    RelationDraft& draft = page.emplace_back();
    draft.levels = std::move(levels);
    draft.oid = rows.Text(row, 0);
    draft.kind = FirstOf(rows.Text(row, 3));
  }
  Drafts drafts;
  std::vector<std::string> all, views, partitioned, of_others;
  for (RelationDraft& draft : page) {
    drafts[draft.oid] = &draft;
    all.push_back(draft.oid);
    if (draft.is_view()) views.push_back(draft.oid);
    if (draft.kind == 'p') partitioned.push_back(draft.oid);
    if (draft.kind == 'p' || draft.kind == 'f') of_others.push_back(draft.oid);
  }
  // Who may do what before keys and indexes, of which there may be more than are told.
  RETURN_IF_ERROR(ForAll(kDetails, all, drafts, &RelationReader::TakeDetails));
  RETURN_IF_ERROR(ForAll(kPartitions, partitioned, drafts, &RelationReader::TakePartitions));
  RETURN_IF_ERROR(ForAll(kGrants, all, drafts, &RelationReader::TakeGrant));
  RETURN_IF_ERROR(ForAll(kColumnGrants, all, drafts, &RelationReader::TakeColumnGrant));
  RETURN_IF_ERROR(ForAll(kPolicies, all, drafts, &RelationReader::TakePolicy));
  RETURN_IF_ERROR(ForAll(kConstraints, all, drafts, &RelationReader::TakeConstraint));
  RETURN_IF_ERROR(ForAll(kColumns, all, drafts, &RelationReader::TakeColumn));
  RETURN_IF_ERROR(ForAll(kIndexes, all, drafts, &RelationReader::TakeIndex));
  RETURN_IF_ERROR(ForAll(kDefinitions, views, drafts, &RelationReader::TakeDefinition));
  RETURN_IF_ERROR(ForAll(kInputs, views, drafts, &RelationReader::TakeInput));
  RETURN_IF_ERROR(ForAll(kProfiles, all, drafts, &RelationReader::TakeProfile));
  if (samples_) RETURN_IF_ERROR(ForAll(kSamples, all, drafts, &RelationReader::TakeSamples));
  RETURN_IF_ERROR(ForAll(kRemotes, of_others, drafts, &RelationReader::TakeRemote));
  RETURN_IF_ERROR(ReadColumnNames(drafts));
  std::vector<Relation> relations;
  relations.reserve(page.size());
  for (RelationDraft& draft : page)
    relations.push_back(RelationOf(draft, *names_, database_oid_, block_bytes_, column_names_));
  return relations;
}

}  // namespace cadastre::ingest_postgres
