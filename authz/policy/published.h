// What views pin: revision, policy, labels and bitmaps that belong together.
//
// One immutable value, swapped by the committer's hook after each synced group;
// thread rule: compatible, and PublishedState::Load is safe.
#pragma once

#include <memory>
#include <vector>

#include "authz/policy/bitmap.h"
#include "authz/policy/environments.h"
#include "authz/policy/labels.h"
#include "authz/policy/policy.h"
#include "authz/policy/privilege.h"
#include "authz/policy/registry.h"
#include "base/mutex.h"
#include "base/words.h"

namespace cadastre::authz {

// Of the bitmaps kept: two thousand at a million assets.
inline constexpr size_t kVisibilityBytesMax = size_t{256} << 20;

struct Published {
  Revision revision{0};
  Timestamp time{0};
  // The last revision that changed policy, labels or classifications: every read waits for it, unasked.
  Revision governance_revision{0};
  std::shared_ptr<const Policy> policy;
  std::shared_ptr<const Environments> environments = std::make_shared<const Environments>();
  LabelColumns labels;
  // Assets that exist and are not soft-deleted.
  AssetBitmap live;
  AssetBitmap deleted;
  // Assets that are merged with another name.
  AssetBitmap merged;
};

// The one place what is published is swapped. Thread rule: safe.
class PublishedState {
 public:
  std::shared_ptr<const Published> Load() const {
    base::MutexLock lock(mutex_);
    return published_;
  }
  void Store(std::shared_ptr<const Published> next) {
    // The old value may be the last of its kind: it goes after the lock.
    base::MutexLock lock(mutex_);
    published_.swap(next);
  }

 private:
  mutable base::Mutex mutex_;
  std::shared_ptr<const Published> published_ GUARDED_BY(mutex_);
};

// Makes and keeps bitmaps for searches and walks; a single asset is decided by the evaluator, without one. A bitmap
// belongs to the grants, so a change of policy makes others and touches none. Advance only notes what changed;
// BitmapAt recomputes the touched bits, forward or back to the view's revision, so that a view opened earlier stays
// right. What was used least lately goes once all together hold more than `bytes_max`. Thread rule: safe; who asks
// for a bitmap that another is making waits for it, and nobody else does.
class VisibilityCache {
 public:
  explicit VisibilityCache(const Registry* registry, size_t bytes_max = kVisibilityBytesMax);
  ~VisibilityCache();

  // Members: assets (live and deleted) on which `rules` allow `privilege` in `published`. Made where it is not kept, at
  // the cost of one decision an asset.
  std::shared_ptr<const AssetBitmap> BitmapAt(const std::shared_ptr<const Published>& published,
                                              const std::shared_ptr<const RuleSet>& rules, Privilege privilege);
  // From the committer's hook, before `next` is stored: it differs from `previous` in what policy reads of `touched`
  // (existence included; descendants of a moved container or domain, and names merged with one of these, too).
  // `all`: too many to name.
  void Advance(const std::shared_ptr<const Published>& previous, const std::shared_ptr<const Published>& next,
               const std::vector<AssetId>& touched, bool all);
  // Bitmaps kept now, and the bytes they hold.
  size_t live() const;
  size_t bytes() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace cadastre::authz
