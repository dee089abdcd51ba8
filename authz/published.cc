#include "authz/published.h"

#include <algorithm>
#include <deque>
#include <map>
#include <optional>
#include <utility>

#include "base/check.h"

namespace cadastre::authz {
namespace {

// What one step of the past changed.
struct Step {
  Revision revision;
  bool all;
  std::vector<AssetId> touched;
};

// Beyond so many touched ids a bitmap is made anew rather than walked forward.
constexpr size_t kTouchedMax = 200'000;
constexpr size_t kStepsMax = 65'536;

AssetBitmap MakeBitmap(const Published& published, const Registry& registry, const RuleSet& rules,
                       Privilege privilege) {
  AssetBitmap bitmap;
  const PolicyEvaluator evaluator(published.labels, registry);
  if (!rules.anywhere.Has(privilege)) return bitmap;
  for (uint64_t id = 1; id < published.labels.end(); ++id) {
    if (evaluator.Allows(rules, privilege, AssetId(id))) bitmap.Set(AssetId(id), true);
  }
  return bitmap;
}

// The recent steps, oldest first. Thread rule: confined (the cache locks).
class Steps {
 public:
  void Add(Step step) {
    touched_ += step.touched.size();
    steps_.push_back(std::move(step));
    while (steps_.size() > kStepsMax || touched_ > kTouchedMax) {
      floor_ = steps_.front().revision;
      touched_ -= steps_.front().touched.size();
      steps_.pop_front();
    }
  }

  // Ids whose labels differ between the two revisions (and perhaps some that do not); nullopt: not known any more.
  std::optional<std::vector<AssetId>> Between(Revision from, Revision to) const {
    if (from > to) std::swap(from, to);
    std::vector<AssetId> ids;
    if (from == to) return ids;
    if (from < floor_) return std::nullopt;
    auto at = std::upper_bound(steps_.begin(), steps_.end(), from,
                               [](Revision revision, const Step& step) { return revision < step.revision; });
    for (; at != steps_.end() && at->revision <= to; ++at) {
      if (at->all) return std::nullopt;
      ids.insert(ids.end(), at->touched.begin(), at->touched.end());
    }
    return ids;
  }

 private:
  std::deque<Step> steps_;
  size_t touched_ = 0;
  // Steps up to and including this revision are forgotten.
  Revision floor_{0};
};

// One (rules, privilege) with its newest bitmap.
struct Entry {
  base::Mutex mutex;
  std::shared_ptr<const RuleSet> rules;
  Revision revision GUARDED_BY(mutex){0};
  std::shared_ptr<const AssetBitmap> bitmap GUARDED_BY(mutex);
  uint64_t used = 0;  // under the cache's mutex
};

}  // namespace

struct VisibilityCache::Impl {
  using Key = std::pair<uint64_t, Privilege>;

  std::shared_ptr<Entry> EntryOf(const std::shared_ptr<const RuleSet>& rules, Privilege privilege);
  std::optional<std::vector<AssetId>> Between(Revision from, Revision to) const {
    base::MutexLock lock(mutex);
    return steps.Between(from, to);
  }
  void DropLeastUsed() REQUIRES(mutex);

  const Registry* registry;
  mutable base::Mutex mutex;
  std::map<Key, std::shared_ptr<Entry>> entries GUARDED_BY(mutex);
  uint64_t uses GUARDED_BY(mutex) = 0;
  Steps steps GUARDED_BY(mutex);
};

void VisibilityCache::Impl::DropLeastUsed() {
  auto least = entries.begin();
  for (auto at = entries.begin(); at != entries.end(); ++at) {
    if (at->second->used < least->second->used) least = at;
  }
  entries.erase(least);
}

std::shared_ptr<Entry> VisibilityCache::Impl::EntryOf(const std::shared_ptr<const RuleSet>& rules,
                                                      Privilege privilege) {
  base::MutexLock lock(mutex);
  std::shared_ptr<Entry>& entry = entries[{rules->digest, privilege}];
  if (entry == nullptr) {
    entry = std::make_shared<Entry>();
    entry->rules = rules;
  }
  std::shared_ptr<Entry> found = entry;
  // Other grants under the same digest: answered without being kept.
  if (found->rules != rules && found->rules->grants != rules->grants) return nullptr;
  found->used = ++uses;
  if (entries.size() > kLiveBitmapsMax) DropLeastUsed();
  return found;
}

VisibilityCache::VisibilityCache(const Registry* registry) : impl_(std::make_unique<Impl>()) {
  impl_->registry = registry;
}
VisibilityCache::~VisibilityCache() = default;

std::shared_ptr<const AssetBitmap> VisibilityCache::Find(const std::shared_ptr<const Published>& published,
                                                         const std::shared_ptr<const RuleSet>& rules,
                                                         Privilege privilege) {
  const std::shared_ptr<Entry> entry = impl_->EntryOf(rules, privilege);
  auto make = [&] {
    return std::make_shared<const AssetBitmap>(MakeBitmap(*published, *impl_->registry, *rules, privilege));
  };
  if (entry == nullptr) return make();

  base::MutexLock lock(entry->mutex);
  const Revision wanted = published->revision;
  std::optional<std::vector<AssetId>> touched;
  if (entry->bitmap != nullptr) touched = impl_->Between(entry->revision, wanted);
  std::shared_ptr<const AssetBitmap> bitmap;
  if (!touched.has_value()) {
    bitmap = make();
  } else if (touched->empty()) {
    bitmap = entry->bitmap;
  } else {
    AssetBitmap walked = *entry->bitmap;
    const PolicyEvaluator evaluator(published->labels, *impl_->registry);
    for (const AssetId id : *touched) walked.Set(id, evaluator.Allows(*rules, privilege, id));
    bitmap = std::make_shared<const AssetBitmap>(std::move(walked));
  }
  if (entry->bitmap == nullptr || wanted >= entry->revision) {
    entry->bitmap = bitmap;
    entry->revision = wanted;
  }
  return bitmap;
}

void VisibilityCache::Advance(const std::shared_ptr<const Published>& previous,
                              const std::shared_ptr<const Published>& next, const std::vector<AssetId>& touched,
                              bool all) {
  if (touched.empty() && !all) return;
  CHECK(next->revision > previous->revision) << "labels changed without a revision";
  base::MutexLock lock(impl_->mutex);
  impl_->steps.Add({next->revision, all, all ? std::vector<AssetId>() : touched});
}

size_t VisibilityCache::live() const {
  base::MutexLock lock(impl_->mutex);
  return impl_->entries.size();
}

}  // namespace cadastre::authz
