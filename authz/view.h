// GovernedView: one request's right to read: viewer, policy, labels and revision, pinned together.
// SystemView: the honest back door for followers, backup and retention.
//
// Opened by the Guard, one a request (streams: one a page); move-only; thread
// rule: confined. Rooms read rows through it as Sealed, decide what to show, and
// reveal: revealing checks every subject, masks columns and notes what was shown
// for the audit leaf. Hidden and missing give the same answer everywhere.
// Errors of reads: those of storage::Reader; DATA_LOSS for a row that does not decode.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "authz/published.h"
#include "authz/registry.h"
#include "authz/sealed.h"
#include "authz/shown.h"
#include "authz/table.h"
#include "authz/viewer.h"
#include "base/words.h"
#include "storage/change_log.h"
#include "storage/read_pass.h"
#include "storage/reader.h"

namespace cadastre::authz {

// What the two views share of the house; made once by the guard's owner.
struct ViewContext {
  const storage::Reader* reader;
  const storage::ChangeLog* change_log;
  Registry* registry;  // write sessions take fresh ids from it
  VisibilityCache* visibility;
  const PublishedState* state;
};

// The two coordinates, resolved: now is (pinned revision, kTimestampMax).
struct ReadPoint {
  Revision known{0};
  Timestamp held = kTimestampMax;
  bool as_of = false;        // any coordinate was asked for
  bool known_as_of = false;  // labels of then are checked as well
};

class GovernedView {
 public:
  GovernedView(GovernedView&&) = default;
  GovernedView& operator=(GovernedView&&) = default;

  const Viewer& viewer() const { return viewer_; }
  const ReadPoint& point() const { return point_; }
  // Reads on at another point of time, under the same pinned policy: for comparing two.
  void MoveTo(const ReadPoint& point);
  // The pinned present revision, which the answer's token says.
  Revision revision() const { return published_->revision; }
  const Published& published() const { return *published_; }
  const RuleSet& rules() const { return *rules_; }

  // --- Deciding -----------------------------------------------------------
  // A bit test; in an as-of read also the labels of then. Soft-deleted assets
  // are hidden unless ShowDeleted was called.
  bool Sees(AssetId id) const { return Allows(Privilege::kBrowse, id); }
  bool Allows(Privilege privilege, AssetId id) const;
  bool AllowsEverywhere(Privilege privilege) const { return rules_->everywhere.Has(privilege); }
  // False for a classified column (or one below it) without read_columns.
  bool SeesColumn(AssetId id, ColumnId column) const;
  bool SeesColumnPath(AssetId id, const std::vector<std::string>& path) const;
  void ShowDeleted() { show_deleted_ = true; }
  // The bitmap itself (of now), for search's posting source and walks over many nodes; live assets only
  // unless ShowDeleted. Held by the view.
  const AssetBitmap& BitmapOf(Privilege privilege) const;

  // --- Names --------------------------------------------------------------
  // NOT_FOUND if there is none or the viewer may not browse it: the same text.
  StatusOr<AssetId> Resolve(const AssetName& name) const;
  // nullopt where hidden. Notes nothing: pair it with Note or Reveal.
  std::optional<AssetName> NameOf(AssetId id) const;
  // Visible assets in name order; see Registry::ScanNames. Pages are full: hidden names do not count.
  std::vector<AssetId> ScanNames(AssetKind kind, std::string_view name_space, std::string_view prefix,
                                 std::string_view after, size_t max) const;
  // Labels of a visible asset, at the view's point; null where hidden.
  const AssetLabels* LabelsOf(AssetId id) const;
  std::string_view Word(uint32_t number) const { return context_.registry->words().Text(number); }

  // --- Rows ---------------------------------------------------------------
  // Keys are given without keyspace byte and suffix.
  template <typename R>
  StatusOr<std::optional<Sealed<RowOf<R>>>> Find(const Table<R>& table, std::string_view key) const;
  template <typename R>
  StatusOr<std::vector<std::optional<Sealed<RowOf<R>>>>> FindMany(const Table<R>& table,
                                                                  const std::vector<std::string>& keys) const;
  // Rows whose key begins with `prefix`, from `start` (whole key, may be empty), as
  // of the view's point; `each` returns false to stop.
  template <typename R>
  Status Scan(const Table<R>& table, std::string_view prefix, std::string_view start,
              const std::function<bool(Sealed<RowOf<R>>)>& each) const;
  // All versions the point knows, withdrawals included.
  template <typename R>
  Status ScanVersions(const Table<R>& table, std::string_view prefix, std::string_view start,
                      const std::function<bool(Sealed<RowOf<R>>)>& each) const;

  // --- Revealing ----------------------------------------------------------
  // Checks every subject, masks, notes for the audit. nullopt: hidden.
  template <typename R>
  std::optional<Visible<RowOf<R>>> Reveal(const Table<R>& table, Sealed<RowOf<R>> sealed);
  // For values that are not rows (hits, nodes, edges, counts).
  template <typename T>
  std::optional<Visible<T>> Reveal(Sealed<T> sealed);
  // For what a room has merged from rows this view revealed (a page of several
  // aspects, say): all its parts were already revealed, so it may be shown.
  template <typename T>
  Visible<T> Merge(T merged) const {
    return Visible<T>(std::move(merged));
  }
  // Would Reveal show it? Without noting: to count and to plan.
  bool Shows(const Subjects& subjects, Privilege privilege) const;

  // --- Audit --------------------------------------------------------------
  const ShownAssets& shown() const { return shown_; }
  ShownAssets& shown() { return shown_; }

 private:
  friend class Guard;
  GovernedView(ViewContext context, Viewer viewer, std::shared_ptr<const Published> published,
               std::shared_ptr<const RuleSet> rules, ReadPoint point);
  storage::ReadPass Pass() const { return storage::ReadPass(point_.known); }

  ViewContext context_;
  Viewer viewer_;
  std::shared_ptr<const Published> published_;
  std::shared_ptr<const RuleSet> rules_;
  ReadPoint point_;
  bool show_deleted_ = false;
  mutable std::array<std::shared_ptr<const AssetBitmap>, kPrivilegeCount> bitmaps_;
  ShownAssets shown_;
  // The implementer completes the private part (labels-of-then cache, …).
};

// Which columns of which assets a mask function may keep; asking notes what is shown.
class ColumnSight {
 public:
  explicit ColumnSight(GovernedView* view) : view_(view) {}
  bool Sees(AssetId asset, const std::vector<std::string>& path);
  bool Sees(AssetId asset, ColumnId column);
  bool Allows(Privilege privilege, AssetId asset) const { return view_->Allows(privilege, asset); }
  // True where no classified column of the asset is hidden: for text that may name any of them.
  bool SeesAllOf(AssetId asset) const {
    const AssetLabels* labels = view_->LabelsOf(asset);
    if (labels == nullptr) return false;
    for (const ClassifiedColumn& column : labels->columns) {
      if (!view_->SeesColumnPath(asset, column.path)) return false;
    }
    return true;
  }

 private:
  GovernedView* view_;
};

// Why code without a viewer may read. Each opening and closing is audited.
enum class SystemReason : uint8_t { kFollowSearch, kFollowLineage, kLoadRegistry, kBackup, kRetention, kVerify, kBench };

class SystemView {
 public:
  SystemView(SystemView&&) = default;
  SystemReason reason() const { return reason_; }
  Revision revision() const { return published_->revision; }
  const Published& published() const { return *published_; }
  const Registry& registry() const { return *context_.registry; }

  template <typename R>
  StatusOr<std::optional<RowOf<R>>> Find(const Table<R>& table, std::string_view key) const;
  template <typename R>
  Status Scan(const Table<R>& table, std::string_view prefix, std::string_view start,
              const std::function<bool(const RowOf<R>&)>& each) const;
  // The change log after `after`, for followers; OUT_OF_RANGE: rebuild.
  StatusOr<std::vector<storage::LogRecord>> ReadLog(Revision after, size_t entries_max) const;

 private:
  friend class Guard;
  // To load the registry at start, before there is a guard.
  friend class House;
  // `closing` is destroyed with the view: its deleter records the closing.
  SystemView(ViewContext context, std::shared_ptr<const Published> published, SystemReason reason,
             std::shared_ptr<const void> closing)
      : context_(context), published_(std::move(published)), reason_(reason), closing_(std::move(closing)) {}
  storage::ReadPass Pass() const { return storage::ReadPass(published_->revision); }
  ViewContext context_;
  std::shared_ptr<const Published> published_;
  SystemReason reason_;
  std::shared_ptr<const void> closing_;
};

}  // namespace cadastre::authz
