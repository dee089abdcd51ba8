// WriteSession: one write request's rows, filled by the rooms, committed as one batch.
//
// Opened by the Guard; move-only; thread rule: confined. What it reads, it reads
// raw (a push to a hidden name must land), adds a precondition for it, and never
// shows: answers to writes carry no stored value. On a conflict Front::Write runs
// the handler again with a fresh session.
// Errors of reads: those of storage::Reader; DATA_LOSS for a row that does not decode.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "authz/permit.h"
#include "authz/session_rows.h"
#include "authz/shown.h"
#include "authz/table.h"
#include "authz/view.h"
#include "authz/viewer.h"
#include "base/words.h"
#include "cadastre/record/registry.pb.h"
#include "storage/work.h"

namespace cadastre::authz {

// Rows by table (Find, Scan, Put, …) are those of SessionRows.
class WriteSession : public SessionRows {
 public:
  WriteSession(WriteSession&&) = default;
  WriteSession& operator=(WriteSession&&) = default;

  const Viewer& viewer() const { return view_.viewer(); }
  const Published& published() const { return view_.published(); }
  // The words labels and scopes are made of.
  const WordTable& words() const { return registry_->words(); }
  // Time of the handler's start; the commit's own time is only known to the committer.
  Timestamp now() const { return now_; }

  // --- Rights -------------------------------------------------------------
  // push is decided on kind, namespace and name alone, so a hidden or absent name
  // answers as any other. PERMISSION_DENIED names the privilege only.
  StatusOr<Permit<Privilege::kPush>> PermitPush(const AssetName& name);
  // Every other write: NOT_FOUND where the viewer may not browse the asset,
  // PERMISSION_DENIED where it is visible and the privilege is missing.
  template <Privilege kPrivilege>
  StatusOr<Permit<kPrivilege>> PermitEdit(const AssetName& name) {
    RETURN_IF_ERROR(CheckEdit(kPrivilege, name));
    return Permit<kPrivilege>(name);
  }
  // On everything; the permit names no asset.
  template <Privilege kPrivilege>
  StatusOr<Permit<kPrivilege>> PermitEverywhere() {
    RETURN_IF_ERROR(CheckEverywhere(kPrivilege));
    return Permit<kPrivilege>(AssetName());
  }
  bool MayPush(const AssetName& name) const;
  // May this producer set a label that policy reads on the asset? Else it is kept as a claim.
  bool MayLabel(AssetId asset) const;
  // May the viewer hold `privilege` on the asset, by the labels this session gives it?
  bool May(Privilege privilege, AssetId asset) const;
  // PermitEdit also finds soft-deleted assets from now on: to restore them.
  void ShowDeleted() { view_.ShowDeleted(); }

  // --- Names --------------------------------------------------------------
  // The id of a name, made (with name/ and asset/ rows) if there is none. INVALID_ARGUMENT for a name over the bounds.
  StatusOr<AssetId> Intern(const AssetName& name);
  // A folded spelling of `parent`. A spelling that already stands for an asset stays with it.
  Status Fold(const AssetName& spelling, AssetId parent);
  std::optional<AssetId> FindName(const AssetName& name) const;
  std::optional<AssetName> NameOf(AssetId id) const;
  // True where this session met a name that is newer than what it can read: a new session will do.
  bool outdated() const { return outdated_; }
  // True for ids made in this session.
  bool IsNew(AssetId id) const { return made_.contains(id); }
  // Interned numbers for producers, unknown facet names and the like: `space` is
  // the owner's letter. Made if absent, with a precondition. Numbers start at 1.
  StatusOr<uint32_t> InternNumber(char space, std::string_view text);
  // A fresh principal number and the like: next value of a named counter row, from 1.
  StatusOr<uint64_t> NextNumber(std::string_view counter);

  // --- Labels -------------------------------------------------------------
  // The newest stored header, this session's own change included. NOT_FOUND for ids never given out.
  StatusOr<record::AssetHeader> HeaderOf(AssetId id);
  // Replaces labels or lifecycle; unchanged content writes nothing. The name and the time of creation stay as stored.
  Status SetHeader(AssetId id, record::AssetHeader header);

  // --- Streams ------------------------------------------------------------
  // Events of a push stream whose sequences are at most this far apart may be under way at once.
  static constexpr uint64_t kPushWindow = 256;

  // Every sequence of this viewer's push stream up to the answer is durable; 0 if none. Some beyond it may be.
  // Without a precondition.
  StatusOr<uint64_t> PushedSequence(std::string_view stream_id);
  // Says that this commit holds event `sequence` of the stream, and that all up to `durable`, which is at most
  // kPushWindow before it, are on disk. False where that event was committed before: then it must not be applied again.
  StatusOr<bool> NotePushed(std::string_view stream_id, uint64_t sequence, uint64_t durable);
  // At the end of a stream of which all up to `durable` is on disk: one row is kept of it.
  Status SettlePushed(std::string_view stream_id, uint64_t durable);

 private:
  friend class Guard;
  friend class House;
  WriteSession(GovernedView view, ViewContext context, Timestamp now, std::optional<uint64_t> based_on);
  Status CheckEdit(Privilege privilege, const AssetName& name);
  Status CheckEverywhere(Privilege privilege);
  std::string PushKey(std::string_view stream_id) const;

  // The first revision where this key was used with the same content; nullopt where it is new, and then remembered.
  // INVALID_ARGUMENT where the content was another.
  StatusOr<std::optional<Revision>> FindOnce(std::string_view idempotency_key, std::string_view request_digest);
  storage::Work TakeWork();

  struct OnceRow {
    std::string stored_key;
    std::string value;
  };

  std::optional<OnceRow> once_;
  GovernedView view_;
  bool outdated_ = false;
  Registry* registry_;
  Timestamp now_;
  std::map<AssetName, AssetId> names_;  // interned or folded here
  std::map<AssetId, AssetName> made_;
  std::map<AssetId, AssetLabels> labels_;  // of assets this session made or relabelled
};

}  // namespace cadastre::authz

#include "authz/session_rows_inl.h"
