// WriteSession: one write request's rows, filled by the rooms, committed as one batch.
//
// Opened by the Guard; move-only; thread rule: confined. What it reads, it reads
// raw (a push to a hidden name must land), adds a precondition for it, and never
// shows: answers to writes carry no stored value. On a conflict Front::Write runs
// the handler again with a fresh session.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "authz/permit.h"
#include "authz/policy.h"
#include "authz/published.h"
#include "authz/registry.h"
#include "authz/shown.h"
#include "authz/table.h"
#include "authz/view.h"
#include "authz/viewer.h"
#include "base/words.h"
#include "cadastre/record/registry.pb.h"
#include "storage/work.h"

namespace cadastre::authz {

class WriteSession {
 public:
  WriteSession(WriteSession&&) = default;

  const Viewer& viewer() const { return viewer_; }
  const Published& published() const { return *published_; }
  // Time of the handler's start; the commit's own time is only known to the committer.
  Timestamp now() const { return now_; }

  // --- Rights -------------------------------------------------------------
  // push is decided on kind, namespace and name alone, so a hidden or absent name
  // answers as any other. PERMISSION_DENIED names the privilege only.
  StatusOr<Permit<Privilege::kPush>> PermitPush(const AssetName& name);
  // Every other write: NOT_FOUND where the viewer may not browse the asset,
  // PERMISSION_DENIED where it is visible and the privilege is missing.
  template <Privilege kPrivilege>
  StatusOr<Permit<kPrivilege>> PermitEdit(const AssetName& name);
  template <Privilege kPrivilege>
  StatusOr<Permit<kPrivilege>> PermitEverywhere();
  bool MayPush(const AssetName& name) const;
  // May this producer set a label that policy reads on the asset? Else it is kept as a claim.
  bool MayLabel(AssetId asset) const;

  // --- Names --------------------------------------------------------------
  // The id of a name, made (with name/ and asset/ rows) if there is none.
  StatusOr<AssetId> Intern(const AssetName& name);
  // A folded spelling of `parent`.
  Status Fold(const AssetName& spelling, AssetId parent);
  std::optional<AssetId> FindName(const AssetName& name) const;
  std::optional<AssetName> NameOf(AssetId id) const;
  // True for ids made in this session.
  bool IsNew(AssetId id) const;
  // Interned numbers for producers, unknown facet names and the like: `space` is
  // the owner's letter. Made if absent, with a precondition.
  StatusOr<uint32_t> InternNumber(char space, std::string_view text);
  // A fresh principal number and the like: next value of a named counter row.
  StatusOr<uint64_t> NextNumber(std::string_view counter);

  // --- Labels -------------------------------------------------------------
  // The newest stored header, this session's own change included.
  StatusOr<record::AssetHeader> HeaderOf(AssetId id);
  // Replaces labels or lifecycle; unchanged content writes nothing.
  Status SetHeader(AssetId id, record::AssetHeader header);

  // --- Rows ---------------------------------------------------------------
  // Newest raw row (plus what this session has put), under a precondition that it has
  // not changed at commit. For held tables: the value that holds at `held`.
  template <typename R>
  StatusOr<std::optional<RowOf<R>>> Find(const Table<R>& table, std::string_view key,
                                         Timestamp held = kTimestampMax);
  // All newest rows under a prefix, without preconditions: for merges whose inputs only this handler's keys guard.
  template <typename R>
  Status Scan(const Table<R>& table, std::string_view prefix, const std::function<bool(const RowOf<R>&)>& each);
  template <typename R>
  void Put(const Table<R>& table, std::string_view key, const R& record);
  // nullopt: held from the commit on.
  template <typename R>
  void PutHeld(const Table<R>& table, std::string_view key, std::optional<Timestamp> held, const R& record);
  template <typename R>
  void Remove(const Table<R>& table, std::string_view key);
  template <typename R>
  void WithdrawHeld(const Table<R>& table, std::string_view key, std::optional<Timestamp> held);

  // --- Log, audit ---------------------------------------------------------
  record::AssetChange* Changed(AssetId id);
  record::LogEntry& log() { return work_.log(); }
  ShownAssets& shown() { return shown_; }
  // False where nothing but last-seen rows would be written.
  bool ChangesMeaning() const;

 private:
  friend class Guard;
  // The implementer completes the private part.
  WriteSession(ViewContext context, Viewer viewer, std::shared_ptr<const Published> published,
               std::shared_ptr<const RuleSet> rules, Timestamp now);

  ViewContext context_;
  Viewer viewer_;
  std::shared_ptr<const Published> published_;
  std::shared_ptr<const RuleSet> rules_;
  Timestamp now_;
  storage::Work work_;
  ShownAssets shown_;
};

}  // namespace cadastre::authz
