// GovernedView: one request's right to read: viewer, policy, labels and revision, pinned together.
// SystemView: the honest back door for followers, backup and retention.
//
// Opened by the Guard, one a request (streams: one a page); move-only; thread
// rule: confined. Rooms read rows through it as Sealed, decide what to show, and
// reveal: revealing checks every subject, masks columns and notes what was shown
// for the audit leaf. Hidden and missing give the same answer everywhere.
// Errors of reads: those of storage::Reader; DATA_LOSS for a row that does not decode.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "authz/view/sealed.h"
#include "authz/view/shown.h"
#include "authz/view/sight.h"
#include "authz/view/table.h"
#include "base/words.h"
#include "storage/change_log.h"
#include "storage/read_pass.h"
#include "storage/reader.h"

namespace cadastre::authz {

// Decisions, names and labels are those of Sight.
class GovernedView : public Sight {
 public:
  GovernedView(GovernedView&&) = default;
  GovernedView& operator=(GovernedView&&) = default;

  // Reads on at another point of time, under the same pinned policy: for comparing two. A point after the pinned
  // revision is cut to it.
  void MoveTo(ReadPoint point);

  // By the name alone, as writes decide it: whether there is such an asset, and whether he sees it, is no part of it.
  bool MayPush(const CanonicalName& name) const;

  // --- Rows ---------------------------------------------------------------
  // Keys are given without keyspace byte and suffix.
  template <typename R>
  StatusOr<std::optional<Sealed<RowOf<R>>>> Find(const Table<R>& table, std::string_view key) const;
  // One answer a key, in order.
  template <typename R>
  StatusOr<std::vector<std::optional<Sealed<RowOf<R>>>>> FindMany(const Table<R>& table,
                                                                  const std::vector<std::string>& keys) const;
  // Rows whose key begins with `prefix`, from `start` (whole key, may be empty), as
  // of the view's point; `each` returns false to stop.
  template <typename R>
  Status Scan(const Table<R>& table, std::string_view prefix, std::string_view start,
              const std::function<bool(Sealed<RowOf<R>>)>& each) const;
  // The same of some rows: `pick` is told each key, and only what it takes is decoded.
  enum class Pick : uint8_t { kTake, kSkip, kStop };
  template <typename R>
  Status ScanPicked(const Table<R>& table, std::string_view prefix, std::string_view start,
                    const std::function<Pick(std::string_view key)>& pick,
                    const std::function<void(Sealed<RowOf<R>>)>& each) const;
  // All versions the point knows, withdrawals included.
  template <typename R>
  Status ScanVersions(const Table<R>& table, std::string_view prefix, std::string_view start,
                      const std::function<bool(Sealed<RowOf<R>>)>& each) const;
  // The text and the number of an interned word (see WriteSession::InternNumber); nullopt if there is none.
  // Words are no subjects: the row that names one decides whether it is shown.
  StatusOr<std::optional<std::string>> InternedText(char space, uint32_t number) const;
  StatusOr<std::optional<uint32_t>> InternedNumber(char space, std::string_view text) const;

  // --- Revealing ----------------------------------------------------------
  // Checks every subject, masks, notes for the audit. nullopt: hidden.
  template <typename R>
  std::optional<Visible<RowOf<R>>> Reveal(const Table<R>& table, Sealed<RowOf<R>> sealed);
  // For values that are not rows (hits, nodes, edges, counts).
  template <typename T>
  std::optional<Visible<T>> Reveal(Sealed<T> sealed);
  // An asset alone: that it exists. nullopt: hidden.
  std::optional<Visible<AssetId>> RevealAsset(AssetId id) {
    return Reveal(Sealed<AssetId>(id, Subjects::Of(id), Privilege::kBrowse));
  }
  // For what a room has merged from values this view revealed (a page of several aspects, say), all of which `parts`
  // was told of. Where it saw none, nothing may be shown: the answer is an empty T, whatever `merged` holds.
  template <typename T>
  Visible<T> Merge(T merged, const Witness& parts) const {
    return Visible<T>(parts.seen() ? std::move(merged) : T());
  }
  // Would Reveal show it? Without noting: to count and to plan. A value about nothing is shown only where it
  // asks for no privilege.
  bool Shows(const Subjects& subjects, Privilege privilege) const;

  // --- Audit --------------------------------------------------------------
  const ShownAssets& shown() const { return shown_; }
  ShownAssets& shown() { return shown_; }

 private:
  friend class Guard;
  friend class WriteSession;
  GovernedView(ViewContext context, Viewer viewer, std::shared_ptr<const Published> published,
               std::shared_ptr<const RuleSet> rules, ReadPoint point);
  using RowVisitor = std::function<StatusOr<bool>(storage::Row)>;
  StatusOr<std::optional<storage::Row>> FindRow(Keyspace keyspace, std::string_view key) const;
  StatusOr<std::vector<std::optional<storage::Row>>> FindRows(Keyspace keyspace,
                                                              const std::vector<std::string>& keys) const;
  Status ScanRows(Keyspace keyspace, std::string_view prefix, std::string_view start, bool versions,
                  const RowVisitor& each) const;
  template <typename R>
  static StatusOr<Sealed<RowOf<R>>> Seal(const Table<R>& table, storage::Row row);
  void Note(const Subjects& subjects);

  ShownAssets shown_;
};

// Which columns of which assets a mask function may keep; asking notes what is shown.
class ColumnSight {
 public:
  explicit ColumnSight(GovernedView* view) : view_(view) {}
  // Keeps everything and notes it: for values that were masked when they were read.
  static ColumnSight Noting(GovernedView* view);
  bool Sees(AssetId asset, const std::vector<std::string>& path);
  bool Sees(AssetId asset, ColumnId column);
  // Would a column of this path be shown, whose last segment is any text that may name columns below? Notes nothing.
  bool SeesNamed(AssetId asset, const std::vector<std::string>& path) const {
    return noting_ || view_->SeesColumnPath(asset, path);
  }
  // An asset a value refers to by name: false where it is hidden and where there is none.
  bool Sees(const AssetName& name);
  // The same, and which it is, without noting it.
  std::optional<AssetId> Find(const AssetName& name) const;
  void Note(AssetId asset) { view_->shown().Note(asset); }
  bool noting() const { return noting_; }
  // True where no asset is hidden from him: then nothing that names one has to be left out.
  bool ShowsEveryAsset() const { return noting_ || view_->AllowsEverywhere(Privilege::kBrowse); }
  bool Allows(Privilege privilege, AssetId asset) const { return noting_ || view_->Allows(privilege, asset); }
  // True where no classified column of the asset is hidden: for text that may name any of them.
  bool SeesAllOf(AssetId asset) const { return noting_ || view_->SeesAllColumns(asset); }

 private:
  GovernedView* view_;
  bool noting_ = false;
};

using Horizon = storage::ChangeLog::Horizon;

// Why code without a viewer may read. Each opening and closing is audited.
enum class SystemReason : uint8_t {
  kFollowSearch,
  kFollowLineage,
  kLoadRegistry,
  kRetention,
};
// `follow_search`, …: how it stands in the audit record.
std::string_view SystemReasonName(SystemReason reason);

class SystemView {
 public:
  SystemView(SystemView&&) = default;
  SystemView& operator=(SystemView&&) = default;
  SystemReason reason() const { return reason_; }
  Revision revision() const { return published_->revision; }
  const Published& published() const { return *published_; }
  const Registry& registry() const { return *context_.registry; }
  // Pins what is published now: for followers, whose one view lives as long as they do.
  void Refresh();

  template <typename R>
  StatusOr<std::optional<RowOf<R>>> Find(const Table<R>& table, std::string_view key) const;
  template <typename R>
  Status Scan(const Table<R>& table, std::string_view prefix, std::string_view start,
              const std::function<bool(const RowOf<R>&)>& each) const;
  StatusOr<std::optional<std::string>> InternedText(char space, uint32_t number) const;
  // The change log after `after`, for followers; OUT_OF_RANGE: rebuild.
  StatusOr<std::vector<storage::LogRecord>> ReadLog(Revision after, size_t entries_max) const;
  // What came before it is no longer kept whole; revision 0 while everything is.
  StatusOr<Horizon> FindHorizon() const;

 private:
  friend class Guard;
  friend class House;
  // `closing` is destroyed with the view: its deleter records the closing.
  SystemView(ViewContext context, std::shared_ptr<const Published> published, SystemReason reason,
             std::shared_ptr<const void> closing);
  storage::ReadPass Pass() const { return storage::ReadPass(published_->revision); }
  StatusOr<std::optional<storage::Row>> FindRow(Keyspace keyspace, std::string_view key) const;
  Status ScanRows(Keyspace keyspace, std::string_view prefix, std::string_view start,
                  const std::function<StatusOr<bool>(storage::Row)>& each) const;

  ViewContext context_;
  std::shared_ptr<const Published> published_;
  SystemReason reason_;
  std::shared_ptr<const void> closing_;
};

}  // namespace cadastre::authz

#include "authz/view/view_inl.h"
