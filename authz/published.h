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

// Finds, makes and keeps up bitmaps. Thread rule: safe.
class VisibilityCache {
 public:
  explicit VisibilityCache(const Registry* registry);
  ~VisibilityCache();

  // Members: assets (live and deleted) on which `rules` allow `privilege` in `published`.
  std::shared_ptr<const AssetBitmap> Find(const std::shared_ptr<const Published>& published,
                                          const std::shared_ptr<const RuleSet>& rules, Privilege privilege);
  // From the committer's hook: `next` differs from `previous` in the labels of `touched`
  // (existence included). Where an asset others lie under (a container, a domain) or policy changed, `all`.
  void Advance(const std::shared_ptr<const Published>& previous, const std::shared_ptr<const Published>& next,
               const std::vector<AssetId>& touched, bool all);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace cadastre::authz
