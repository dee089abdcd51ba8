// Upserter: states aspects of assets in one write session, and keeps columns and labels in step.
//
// Made per session and producer; thread rule: confined. Call Upsert for each
// statement, then Finish once. Within a producer a value stands at its held-at,
// whatever the order of arrival; equal held-at is settled by content hash; a
// statement that changes nothing writes no version. Of a kind that is kept entry by entry (Merge::kEach) each entry
// is such a value; a withdrawal takes all of them back.
// A label that policy reads, a certification and a deprecation are set by who may (authz/write/label_rules.h); from
// anybody else they are kept as a claim, and a claim never takes the place of a label.
// Entries that are added or removed change what the producer states now, under a precondition on it, so that writers at
// once lose nothing of one another. An etag, and whether there is a value at all, are judged on what the viewer reads
// (FindValue), as the page told it.
// Errors: INVALID_ARGUMENT (the aspect's bounds; a column path of more than 32 segments, or of a column that neither
// was there nor stands in a schema stated with it: by Finish), ABORTED (an etag that no longer matches), ALREADY_EXISTS
// (a value where none was expected), NOT_FOUND (none of the entries to remove is stated), PERMISSION_DENIED (an edit
// that would take a label away from who set it with better right), and those of WriteSession.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "authz/write/permit.h"
#include "authz/write/write_session.h"
#include "base/words.h"
#include "cadastre/record/registry.pb.h"
#include "catalog/aspect_kind.h"
#include "catalog/column_writer.h"
#include "catalog/entries.h"
#include "catalog/labels.h"
#include "catalog/merge.h"
#include "catalog/producer.h"
#include "catalog/tables.h"

namespace cadastre::catalog {

struct AspectWrite {
  // Upsert's own: the asset of its permit, whatever stands here.
  AssetId asset;
  // Empty for the asset itself.
  std::vector<std::string> column_path;
  // For a withdrawal only its kind is read.
  v1::Aspect aspect;
  // Since when it holds; nullopt: from the commit on.
  std::optional<Timestamp> held;
  // Precondition on the merged value as read; empty for none.
  std::string etag;
  // Precondition that no value can be read.
  bool absent = false;
  bool withdraw = false;
  // Of kinds that are lists of assertions: entries added to what the producer states, or taken from it.
  enum class Change : uint8_t { kSet, kAdd, kRemove };
  Change change = Change::kSet;
  // A column that the asset does not have, as far as the viewer sees, is made rather than refused. By the privilege
  // `push` it always is: what is pushed may come before its schema.
  bool allow_unknown_column = false;
  // What the caller calls this statement, for an error that only Finish knows of.
  std::string field;
};

class Upserter {
 public:
  Upserter(authz::WriteSession* session, Producer producer);

  // What is stated from now on is this producer's: one request may edit some kinds and only push others.
  void SpeakAs(Producer producer) { producer_ = std::move(producer); }

  // True where the statement was kept as a claim only. The permit must be `push` or the kind's own privilege.
  template <authz::Privilege kPrivilege>
  StatusOr<bool> Upsert(authz::Permit<kPrivilege> permit, AspectWrite write) {
    // Consumed: one permit, one statement.
    permit_.emplace(permit);
    ASSIGN_OR_RETURN(write.asset, session_->AssetOf(permit));
    return State(kPrivilege, std::move(write));
  }

  // The producer has spoken of all tags of the permit's asset and its columns at once (a round): those of other columns
  // than `named` end at `at`, whatever the order in which rounds arrive. After the statements of the round.
  Status EndOtherColumnTags(authz::Permit<authz::Privilege::kPush> permit,
                            const std::set<std::vector<std::string>>& named, Timestamp at);

  // Brings columns, labels, membership and the log record of all touched assets up to date.
  Status Finish();

 private:
  struct Standing;
  using Path = std::vector<std::string>;
  // A column that was not known when it was spoken of: by all ways to read what it was called.
  struct UnknownColumn {
    AssetId asset;
    std::vector<Path> readings;
    Status error;
  };
  StatusOr<ColumnId> ColumnFor(authz::Privilege privilege, const AspectWrite& write);
  StatusOr<bool> IsKnown(AssetId asset, const Path& path);
  Status CheckKnown(const AspectWrite& write, std::vector<Path> readings, std::string_view field);
  Status CheckColumns() const;
  StatusOr<bool> State(authz::Privilege privilege, AspectWrite write);
  // Whether what is stated is to be a claim, and whether it must be left out so that no label gives way to it.
  struct Verdict {
    // By the rights on the asset alone.
    bool may = true;
    bool claim = false;
    bool left_out = false;
    bool widens = false;
  };
  StatusOr<Verdict> Judge(authz::Privilege privilege, const AspectKind& kind, const AspectKey& key,
                          const AspectWrite& write, const record::AspectRow& row);
  StatusOr<bool> IsClaimOfNew(const AspectKind& kind, const AspectKey& key, const AspectWrite& write,
                              const record::AspectRow& row);
  // Does it classify a column, so that what the column inherited goes? What is said again means it only by a person.
  StatusOr<bool> Releases(const AspectKind& kind, const AspectKey& key, const AspectWrite& write,
                          const record::AspectRow& row);
  // What that does: what the column inherited goes, and what is stated of a vanished one is left to others.
  Status MoveMasks(const AspectKey& key, const AspectWrite& write);
  // Of a column the viewer would not see, whether it is there or not.
  bool HidesColumn(const AspectWrite& write) const {
    return !write.column_path.empty() && !session_->SeesColumn(write.asset, write.column_path);
  }
  StatusOr<bool> MaySet(authz::Privilege privilege, const AspectKind& kind, const AspectWrite& write);
  // Where it lays the asset: 0 is nowhere, nullopt a place that does not exist.
  StatusOr<std::optional<AssetId>> PlaceOf(const AspectKind& kind, const AspectWrite& write) const;
  StatusOr<bool> MayMoveInto(const AspectKind& kind, const AspectWrite& write);
  StatusOr<bool> MayMove(const AspectKind& kind, const AspectWrite& write);
  // Whether the labels, with this statement beside those that stand, would give the viewer more than he has.
  StatusOr<bool> Widens(const AspectKind& kind, const AspectKey& key, const AspectWrite& write,
                        const record::AspectRow& row);
  StatusOr<LabelStatements> LabelsStated(AssetId asset, std::string_view besides);
  StatusOr<uint32_t> NumberFor(const v1::Aspect& aspect);
  Status CheckPrecondition(const AspectWrite& write, const AspectKind& kind, uint32_t number);
  Status ChangeEntries(const AspectKind& kind, const AspectKey& key, AspectWrite& write);
  StatusOr<v1::Aspect> RemoveEntries(const AspectKind& kind, const AspectKey& key, Statement mine,
                                     const AspectWrite& write);
  Status CountEdit(AssetId asset, ColumnId column, uint32_t number);
  Status Store(const AspectKey& key, const AspectWrite& write, const record::AspectRow& row, bool* changed);
  Status StoreEach(const AspectKey& whole, const AspectWrite& write, record::AspectRow row, bool* changed);
  StatusOr<std::optional<AspectKey>> MakeEntry(EntryIndex& index, uint64_t identity, const AspectWrite& write);
  Status Restate(const std::string& key, Timestamp at);
  StatusOr<bool> RememberWithdrawal(const std::string& key, const AspectWrite& write);
  Status KeepLaterStatement(const std::string& key, const AspectWrite& write, const record::AspectRow* before);
  Status EndAtNextRound(const AspectKey& key, Timestamp stated);
  void Touch(const AspectKind& kind, AssetId asset, ColumnId column);
  // The columns after what this session stated of the asset's schema, whatever stands of it.
  Status FollowSchemas(AssetId asset);
  Status RefreshLabels(AssetId asset);
  void MoveMember(AssetId asset, AssetId from, AssetId to);

  authz::WriteSession* session_;
  // Of the first statement on.
  std::optional<authz::RowPermit> permit_;
  Producer producer_;
  ColumnWriter columns_;
  std::set<AssetId> schema_changed_;
  // What this session stated of their schemas: by row and time, the content's hash; 0: withdrawn.
  std::map<AssetId, std::map<std::pair<std::string, Timestamp>, uint64_t>> schemas_;
  std::set<AssetId> labels_changed_;
  std::vector<UnknownColumn> unknown_;
  // What this session said of names the viewer does not see, as far as it would be no claim of a new one.
  std::map<AssetId, LabelStatements> as_new_;
  // Of the schemas stated in this session.
  std::map<AssetId, std::vector<Path>> stated_;
};

}  // namespace cadastre::catalog
