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
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "authz/identity/viewer.h"
#include "authz/view/shown.h"
#include "authz/view/table.h"
#include "authz/view/view.h"
#include "authz/write/permit.h"
#include "authz/write/session_rows.h"
#include "base/status.h"
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
  // What the viewer could read before this session: for preconditions, which are about what an editor saw. What this
  // session put is not in it, and nothing it reveals is part of an answer.
  GovernedView& view() { return view_; }
  const Published& published() const { return view_.published(); }
  // The words labels and scopes are made of.
  const WordTable& words() const { return registry_->words(); }
  // Time of the handler's start; the commit's own time is only known to the committer.
  Timestamp now() const { return now_; }

  // --- Rights -------------------------------------------------------------
  // All by the canonical name, which is that of the asset written to.
  // push is decided on kind, namespace and name alone, so a hidden or absent name
  // answers as any other. Of an asset that the viewer may browse, a deny that covers any name merged with it holds too,
  // and its labels are held. PERMISSION_DENIED names the privilege only.
  StatusOr<Permit<Privilege::kPush>> PermitPush(const CanonicalName& name);
  // Every other write: NOT_FOUND where the viewer may not browse the asset,
  // PERMISSION_DENIED where it is visible and the privilege is missing.
  template <Privilege kPrivilege>
  StatusOr<Permit<kPrivilege>> PermitEdit(const CanonicalName& name) {
    RETURN_IF_ERROR(CheckEdit(kPrivilege, name));
    return Permit<kPrivilege>(name);
  }
  // On everything; the permit names no asset.
  template <Privilege kPrivilege>
  StatusOr<Permit<kPrivilege>> PermitEverywhere() {
    RETURN_IF_ERROR(CheckEverywhere(kPrivilege));
    return Permit<kPrivilege>(CanonicalName(AssetName()));
  }
  // For what concerns the viewer alone.
  OwnPermit PermitOwn() { return OwnPermit(); }
  // PERMISSION_DENIED in any session but one of Guard::BeginUpkeep.
  StatusOr<UpkeepPermit> PermitUpkeep() const;
  // What this session wrote of policy, for its own answer: who may write it may read it.
  template <typename T>
  StatusOr<Visible<T>> ShowPolicy(T written) {
    RETURN_IF_ERROR(CheckEverywhere(Privilege::kManageGrants));
    return *view_.Reveal(Sealed<T>(std::move(written), Subjects::Global(), Privilege::kManageGrants));
  }
  bool MayPush(const CanonicalName& name) const;
  // Decides over labels that are published, or may come to be; they must outlive it.
  PolicyEvaluator EvaluatorOver(const LabelColumns& labels) const { return PolicyEvaluator(labels, *registry_); }
  // The commit is ABORTED if the labels of the asset, of a name merged with it or of what any of them lies in change
  // before it: what was decided by them would not hold. PermitEdit does it by itself. RESOURCE_EXHAUSTED where those
  // are more than 4,096.
  Status HoldLabels(AssetId asset);
  // The asset and the names merged with it, directly or through others, by what is published or by this session's
  // doing, whoever may see them. RESOURCE_EXHAUSTED where there are more than kMergedWalkMax.
  StatusOr<std::vector<AssetId>> SetOf(AssetId asset) const;
  // What is published, with what this session made of it.
  LabelColumns labels() const;
  // May the viewer hold `privilege` on the asset, by the labels this session gives it?
  bool May(Privilege privilege, AssetId asset) const;
  // Would a column of this path be shown to the viewer, if there were one? True on assets made in this session.
  bool SeesColumn(AssetId asset, const std::vector<std::string>& path) const {
    return IsNew(asset) || view_.SeesColumnPath(asset, path);
  }
  // PermitEdit also finds soft-deleted assets from now on: to restore them.
  void ShowDeleted() { view_.ShowDeleted(); }

  // --- Names --------------------------------------------------------------
  // The id of a name, made (with name/ and asset/ rows) if there is none. INVALID_ARGUMENT for a name over the bounds.
  StatusOr<AssetId> Intern(const RowPermit& permit, const CanonicalName& name);
  // The asset that a permit is for: of `push`, made if there is none; of others NOT_FOUND where there is none.
  template <Privilege kPrivilege>
  StatusOr<AssetId> AssetOf(const Permit<kPrivilege>& permit) {
    if constexpr (kPrivilege == Privilege::kPush) return Intern(RowPermit(permit), permit.asset());
    if (const std::optional<AssetId> id = FindName(permit.asset())) return *id;
    return base::NotFound("there is no such asset");
  }
  std::optional<AssetId> FindName(const CanonicalName& name) const;
  std::optional<AssetName> NameOf(AssetId id) const;
  // True where this session met a name that is newer than what it can read: a new session will do.
  bool outdated() const { return outdated_; }
  // True for ids made in this session.
  bool IsNew(AssetId id) const { return made_.contains(id); }
  // Interned numbers for producers, unknown facet names and the like: `space` is
  // the owner's letter. Made if absent, with a precondition. Numbers start at 1. By itself one names nothing, and so
  // needs no permit.
  StatusOr<uint32_t> InternNumber(char space, std::string_view text);
  // A fresh principal number and the like: next value of a named counter row, from 1.
  StatusOr<uint64_t> NextNumber(std::string_view counter);

  // --- Labels -------------------------------------------------------------
  // The newest stored header, this session's own change included. NOT_FOUND for ids never given out.
  StatusOr<record::AssetHeader> HeaderOf(AssetId id);
  // Replaces labels, lifecycle or merged names; unchanged content writes nothing. The name and the time of creation
  // stay as stored.
  Status SetHeader(const RowPermit& permit, AssetId id, record::AssetHeader header);

  // --- Streams ------------------------------------------------------------
  // Events of a push stream whose sequences are at most this far apart may be under way at once.
  static constexpr uint64_t kPushWindow = 256;

  // Every sequence of this viewer's push stream up to the answer is durable, or was noted so; 0 if none. Some beyond it
  // may be.
  // Without a precondition.
  StatusOr<uint64_t> PushedSequence(std::string_view stream_id);
  // Says that this commit holds event `sequence` of the stream, and that all up to `durable`, which is at most
  // kPushWindow before it, are on disk. False where that event was committed before: then it must not be applied again.
  StatusOr<bool> NotePushed(std::string_view stream_id, uint64_t sequence, uint64_t durable);
  // All up to `durable` is on disk or was rejected: of what is rejected no commit tells. Of a stream that is `over`
  // this one row is kept.
  Status SettlePushed(std::string_view stream_id, uint64_t durable, bool over);

 private:
  friend class Guard;
  friend class House;
  WriteSession(GovernedView view, ViewContext context, Timestamp now, std::optional<uint64_t> based_on);
  Status CheckEdit(Privilege privilege, const CanonicalName& name);
  // The asset where `push` on it is decided by more than its name; else nullopt.
  std::optional<AssetId> PushedAsOne(const CanonicalName& name) const;
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
  bool upkeep_ = false;
  Registry* registry_;
  Timestamp now_;
  std::map<AssetName, AssetId> names_;  // interned here
  std::map<AssetId, AssetName> made_;
  std::map<AssetId, AssetLabels> labels_;  // of assets this session made or relabelled
  std::set<AssetId> held_;                 // whose labels are under a precondition
};

// The permit's job, made if there is none, is one whose tool names statements after it: see Sight::Resolve.
Status SetHasStatements(WriteSession& session, const Permit<Privilege::kPush>& permit);

}  // namespace cadastre::authz

#include "authz/write/session_rows_inl.h"
