// What views pin: revision, policy, labels and bitmaps that belong together.
//
// One immutable value, swapped by the committer's hook after each synced group;
// thread rule: compatible, and PublishedState::Load is safe.
#pragma once

#include <memory>
#include <vector>

#include "authz/bitmap.h"
#include "authz/labels.h"
#include "authz/policy.h"
#include "authz/privilege.h"
#include "authz/registry.h"
#include "base/mutex.h"
#include "base/words.h"

namespace cadastre::authz {

// The bitmap of one (rule set, privilege), made on first use and kept up by the hook.
// At most kLiveBitmapsMax are kept; beyond that the least recently used are
// dropped and made anew when asked for.
inline constexpr size_t kLiveBitmapsMax = 64;

struct Published {
  Revision revision{0};
  Timestamp time{0};
  // The last revision that changed policy, labels or classifications: every read waits for it, unasked.
  Revision governance_revision{0};
  std::shared_ptr<const Policy> policy;
  LabelColumns labels;
  // Assets that exist and are not soft-deleted.
  AssetBitmap live;
  AssetBitmap deleted;
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

// Finds, makes and keeps up bitmaps. A bitmap belongs to the grants, so a change
// of policy makes others and touches none. Advance only notes what changed; Find
// recomputes the touched bits, forward or back to the view's revision, so that a
// view opened earlier stays right. Thread rule: safe.
class VisibilityCache {
 public:
  explicit VisibilityCache(const Registry* registry);
  ~VisibilityCache();

  // Members: assets (live and deleted) on which `rules` allow `privilege` in `published`.
  std::shared_ptr<const AssetBitmap> Find(const std::shared_ptr<const Published>& published,
                                          const std::shared_ptr<const RuleSet>& rules, Privilege privilege);
  // From the committer's hook, before `next` is stored: it differs from `previous` in the labels of `touched`
  // (existence included; descendants of a moved container or domain too). `all`: too many to name.
  void Advance(const std::shared_ptr<const Published>& previous, const std::shared_ptr<const Published>& next,
               const std::vector<AssetId>& touched, bool all);
  // Bitmaps held now, at most kLiveBitmapsMax.
  size_t live() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace cadastre::authz
