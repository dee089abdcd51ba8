// Sight: what one viewer may see at one point in time: decisions, names and labels. The half of a GovernedView that
// reads no rows of the rooms.
//
// Part of a GovernedView, never made alone; thread rule: confined.
// Hidden and missing give the same answer everywhere. An as-of read shows what today's policy allows under both the
// labels of now and those of then; labels of then are read once an asset. Reading them may fail: the asset is then
// hidden and `status` tells why, which every answer must check (the Front does).
#pragma once

#include <array>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "authz/identity/viewer.h"
#include "authz/policy/column_mask.h"
#include "authz/policy/published.h"
#include "authz/policy/registry.h"
#include "base/words.h"
#include "storage/change_log.h"
#include "storage/read_pass.h"
#include "storage/reader.h"

namespace cadastre::authz {

// What views share of the house; made once by the guard's owner.
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
  bool as_of = false;                // any coordinate was asked for
  bool known_as_of = false;          // known lies before now: labels of then are checked as well
  bool held_before_horizon = false;  // what held then, and ended before the horizon, may be forgotten
};

class Sight {
 public:
  Sight(Sight&&) = default;
  Sight& operator=(Sight&&) = default;

  const Viewer& viewer() const { return viewer_; }
  const ReadPoint& point() const { return point_; }
  // The pinned present revision, which the answer's token says.
  Revision revision() const { return published_->revision; }
  const Published& published() const { return *published_; }
  const RuleSet& rules() const { return *rules_; }

  // --- Deciding -----------------------------------------------------------
  // Decided by the labels of the asset and of the names merged with it, once a view and privilege; in an as-of read
  // also by the labels and merges of then. No bitmap is made for it. Soft-deleted assets are hidden unless ShowDeleted
  // was called.
  bool Sees(AssetId id) const { return Allows(Privilege::kBrowse, id); }
  // kNone asks for browse, because nothing of an asset opens without it.
  bool Allows(Privilege privilege, AssetId id) const;
  bool AllowsEverywhere(Privilege privilege) const;
  // False for a classified column (or one below it) without read_columns, and where the asset is hidden. A column of a
  // merged name masks that of the same path here, by the case rule of the two sources, and every spelling of either
  // (authz/policy/column_mask.h). `path` may be a text that names a column as one segment.
  bool SeesColumn(AssetId id, ColumnId column) const;
  bool SeesColumnPath(AssetId id, const std::vector<std::string>& path) const;
  // True where no classified column of the asset is hidden: for text that may name any of them.
  bool SeesAllColumns(AssetId id) const;
  // Would a column of the asset that carries these classes (interned, sorted) be shown? For text that stands under a
  // set of classes rather than a path. False for classes nobody interned (0) and where the asset is hidden.
  bool AllowsClasses(AssetId id, const std::vector<uint32_t>& classes) const;
  // The path a column id has; empty where there is none. For notes; decides nothing.
  std::vector<std::string> PathOf(AssetId id, ColumnId column) const;
  void ShowDeleted();
  // The bitmap itself (of now), for search's posting source and walks over many nodes; live assets only
  // unless ShowDeleted. Held by the view until ShowDeleted.
  const AssetBitmap& BitmapOf(Privilege privilege) const;

  // --- Names --------------------------------------------------------------
  // NOT_FOUND if there is none or the viewer may not browse it: the same text. The name of a job's statement leads to
  // the job where its tool names them so and the viewer sees no asset of that name.
  StatusOr<AssetId> Resolve(const CanonicalName& name) const;
  // The asset that bears the name itself, as a write means it; the same errors.
  StatusOr<AssetId> ResolveExact(const CanonicalName& name) const;
  // nullopt where hidden. Notes nothing: pair it with Note or Reveal.
  std::optional<AssetName> NameOf(AssetId id) const;
  // The name an audit record means, hidden assets included; nullopt without `audit` on everything.
  std::optional<AssetName> RecordedNameOf(AssetId id) const;
  std::optional<AssetId> RecordedIdOf(const CanonicalName& name) const;
  // Visible assets in name order; see Registry::ScanNames. Pages are full: hidden names do not count.
  std::vector<AssetId> ScanNames(AssetKind kind, std::string_view name_space, std::string_view prefix,
                                 std::string_view after, size_t max) const;
  // Visible assets of a kind over all namespaces, in order of namespace and name, after the given name; at most `max`.
  std::vector<AssetId> ScanKind(AssetKind kind, std::string_view after_namespace, std::string_view after_name,
                                size_t max) const;
  // Labels of a visible asset, at the view's point; null where hidden. Lives as long as the view stays at its point.
  const AssetLabels* LabelsOf(AssetId id) const;
  std::string_view Word(uint32_t number) const;
  // 0 where no label ever carried the word.
  uint32_t NumberOf(std::string_view word) const;

  // Of the reads of labels of then; once it is not OK it stays so.
  const Status& status() const { return status_; }

 protected:
  Sight(ViewContext context, Viewer viewer, std::shared_ptr<const Published> published,
        std::shared_ptr<const RuleSet> rules, ReadPoint point, storage::ReadPass pass);

  const ViewContext& context() const { return context_; }
  const storage::ReadPass& pass() const { return pass_; }
  void MoveTo(const ReadPoint& point, storage::ReadPass pass);

 private:
  friend class WriteSession;
  // Which privileges were decided, and which of them are held, as bits.
  struct Decided {
    uint32_t known = 0;
    uint32_t held = 0;
  };
  using Decisions = absl::flat_hash_map<AssetId, Decided>;
  // Paths of an asset's columns that were asked for; the second time a path is looked for, all are read.
  struct ColumnPaths {
    std::map<ColumnId, std::vector<std::string>> paths;
    bool whole = false;
  };

  const std::shared_ptr<const AssetBitmap>& AllowedBitmap(Privilege privilege) const;
  bool AllowedNow(Privilege privilege, AssetId id) const;
  bool IsLive(AssetId id) const;
  bool AllowedThen(Privilege privilege, AssetId id) const;
  // Labels at the point, of `id` and all it lies under, read once; null where it did not exist then.
  const AssetLabels* LabelsThen(AssetId id) const;
  void LoadThen(AssetId id) const;
  struct Hidden {
    std::vector<HiddenColumn> columns;
    ColumnMask mask;
  };
  const Hidden& HiddenOf(AssetId id) const;
  Status LoadPath(AssetId id, ColumnId column, ColumnPaths* known) const;
  Status LoadPaths(AssetId id, ColumnPaths* known) const;

  ViewContext context_;
  Viewer viewer_;
  std::shared_ptr<const Published> published_;
  std::shared_ptr<const RuleSet> rules_;
  ReadPoint point_;
  storage::ReadPass pass_;
  bool show_deleted_ = false;
  mutable Status status_;
  mutable Decisions decided_;
  mutable Decisions decided_then_;
  // Allowed, deleted assets included; and what BitmapOf shows.
  mutable std::array<std::shared_ptr<const AssetBitmap>, kPrivilegeCount> allowed_;
  mutable std::array<std::shared_ptr<const AssetBitmap>, kPrivilegeCount> shown_bitmaps_;
  // Assets whose labels of then were looked for, and the labels found.
  mutable std::map<AssetId, bool> then_known_;
  mutable LabelColumns then_;
  mutable std::map<AssetId, Hidden> hidden_columns_;
  mutable std::map<AssetId, ColumnPaths> column_paths_;
};

}  // namespace cadastre::authz
