// Upserter: states aspects of assets in one write session, and keeps columns and labels in step.
//
// Made per session and producer; thread rule: confined. Call Upsert for each
// statement, then Finish once. Within a producer a value stands at its held-at,
// whatever the order of arrival; equal held-at is settled by content hash; a
// statement that changes nothing writes no version. Of a kind that is kept entry by entry (Merge::kEach) each entry
// is such a value; a withdrawal takes all of them back.
// Errors: INVALID_ARGUMENT (the aspect's bounds; a column path of more than 32
// segments), ABORTED (an etag that no longer matches), and those of WriteSession.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "authz/permit.h"
#include "authz/write_session.h"
#include "base/words.h"
#include "cadastre/record/registry.pb.h"
#include "catalog/aspect_kind.h"
#include "catalog/column_writer.h"
#include "catalog/entries.h"
#include "catalog/producer.h"
#include "catalog/tables.h"

namespace cadastre::catalog {

struct AspectWrite {
  AssetId asset;
  // Empty for the asset itself.
  std::vector<std::string> column_path;
  // For a withdrawal only its kind is read.
  v1::Aspect aspect;
  // Since when it holds; nullopt: from the commit on.
  std::optional<Timestamp> held;
  // Precondition on the merged value as read; empty for none.
  std::string etag;
  bool withdraw = false;
};

class Upserter {
 public:
  Upserter(authz::WriteSession* session, Producer producer);

  // True where the statement was kept as a claim only. The permit must be `push` or the kind's own privilege.
  template <authz::Privilege kPrivilege>
  StatusOr<bool> Upsert(authz::Permit<kPrivilege> permit, AspectWrite write) {
    (void)permit;  // consumed: one permit, one statement
    return State(kPrivilege, std::move(write));
  }

  // Brings columns, labels, membership and the log record of all touched assets up to date.
  Status Finish();

 private:
  struct Standing;
  StatusOr<bool> State(authz::Privilege privilege, AspectWrite write);
  StatusOr<uint32_t> NumberFor(const v1::Aspect& aspect);
  Status CheckEtag(const AspectWrite& write, const AspectKind& kind, ColumnId column, uint32_t number);
  Status Store(const AspectKey& key, const AspectWrite& write, const record::AspectRow& row, bool* changed);
  Status StoreEach(const AspectKey& whole, const AspectWrite& write, record::AspectRow row, bool* changed);
  StatusOr<std::optional<AspectKey>> MakeEntry(EntryIndex& index, uint64_t identity, const AspectWrite& write);
  Status Restate(const std::string& key, Timestamp at);
  StatusOr<bool> RememberWithdrawal(const std::string& key, const AspectWrite& write);
  Status KeepLaterStatement(const std::string& key, const AspectWrite& write, const record::AspectRow* before);
  void Touch(const AspectKind& kind, AssetId asset, ColumnId column);
  Status RefreshLabels(AssetId asset);
  void MoveMember(AssetId asset, AssetId from, AssetId to);

  authz::WriteSession* session_;
  Producer producer_;
  ColumnWriter columns_;
  std::set<AssetId> schema_changed_;
  std::set<AssetId> labels_changed_;
};

}  // namespace cadastre::catalog
