#include "authz/policy/published.h"

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
struct Answers {
  // Held by who makes the bitmap, and by nobody who only looks.
  base::Mutex making;
  std::shared_ptr<const RuleSet> rules;
  // The others under the cache's mutex.
  Revision revision{0};
  std::shared_ptr<const AssetBitmap> bitmap;
  size_t bytes = 0;
  uint64_t used = 0;
};

// A bitmap as it was kept, and what has changed since.
struct Kept {
  std::shared_ptr<const AssetBitmap> bitmap;
  std::optional<std::vector<AssetId>> touched;
  bool IsCurrent() const { return bitmap != nullptr && touched.has_value() && touched->empty(); }
};

}  // namespace

struct VisibilityCache::Impl {
  using Key = std::pair<uint64_t, Privilege>;

  // Null where other grants stand under the same digest.
  std::shared_ptr<Answers> EntryOf(const std::shared_ptr<const RuleSet>& rules, Privilege privilege) EXCLUDES(mutex);
  Kept Look(const Answers& entry, Revision wanted) const EXCLUDES(mutex);
  void Keep(Answers& entry, const std::shared_ptr<const AssetBitmap>& bitmap, Revision revision) EXCLUDES(mutex);
  void DropLeastUsed() REQUIRES(mutex);

  const Registry* registry;
  size_t bytes_max;
  mutable base::Mutex mutex;
  std::map<Key, std::shared_ptr<Answers>> entries GUARDED_BY(mutex);
  size_t bytes GUARDED_BY(mutex) = 0;
  uint64_t uses GUARDED_BY(mutex) = 0;
  Steps steps GUARDED_BY(mutex);
};

void VisibilityCache::Impl::DropLeastUsed() {
  auto least = entries.begin();
  for (auto at = entries.begin(); at != entries.end(); ++at) {
    if (at->second->used < least->second->used) least = at;
  }
  bytes -= least->second->bytes;
  least->second->bytes = 0;
  entries.erase(least);
}

std::shared_ptr<Answers> VisibilityCache::Impl::EntryOf(const std::shared_ptr<const RuleSet>& rules,
                                                        Privilege privilege) {
  base::MutexLock lock(mutex);
  std::shared_ptr<Answers>& entry = entries[{rules->digest, privilege}];
  if (entry == nullptr) {
    entry = std::make_shared<Answers>();
    entry->rules = rules;
  }
  if (entry->rules != rules && entry->rules->grants != rules->grants) return nullptr;
  entry->used = ++uses;
  return entry;
}

Kept VisibilityCache::Impl::Look(const Answers& entry, Revision wanted) const {
  base::MutexLock lock(mutex);
  Kept kept;
  kept.bitmap = entry.bitmap;
  if (kept.bitmap != nullptr) kept.touched = steps.Between(entry.revision, wanted);
  return kept;
}

void VisibilityCache::Impl::Keep(Answers& entry, const std::shared_ptr<const AssetBitmap>& bitmap, Revision revision) {
  base::MutexLock lock(mutex);
  if (entry.bitmap != nullptr && revision < entry.revision) return;
  entry.bitmap = bitmap;
  entry.revision = revision;
  // It may have been dropped while this one was made.
  const auto at =
      std::find_if(entries.begin(), entries.end(), [&](const auto& one) { return one.second.get() == &entry; });
  if (at == entries.end()) return;
  bytes -= entry.bytes;
  entry.bytes = sizeof(Answers) + bitmap->Bytes();
  bytes += entry.bytes;
  while (bytes > bytes_max && entries.size() > 1) DropLeastUsed();
}

VisibilityCache::VisibilityCache(const Registry* registry, size_t bytes_max) : impl_(std::make_unique<Impl>()) {
  impl_->registry = registry;
  impl_->bytes_max = bytes_max;
}
VisibilityCache::~VisibilityCache() = default;

std::shared_ptr<const AssetBitmap> VisibilityCache::BitmapAt(const std::shared_ptr<const Published>& published,
                                                             const std::shared_ptr<const RuleSet>& rules,
                                                             Privilege privilege) {
  const auto make = [&] {
    return std::make_shared<const AssetBitmap>(MakeBitmap(*published, *impl_->registry, *rules, privilege));
  };
  const std::shared_ptr<Answers> entry = impl_->EntryOf(rules, privilege);
  if (entry == nullptr) return make();
  const Revision wanted = published->revision;
  if (Kept kept = impl_->Look(*entry, wanted); kept.IsCurrent()) return kept.bitmap;

  base::MutexLock lock(entry->making);
  // Somebody else may have made it meanwhile.
  const Kept kept = impl_->Look(*entry, wanted);
  if (kept.IsCurrent()) return kept.bitmap;
  std::shared_ptr<const AssetBitmap> bitmap;
  if (!kept.touched.has_value()) {
    bitmap = make();
  } else {
    AssetBitmap walked = *kept.bitmap;
    const PolicyEvaluator evaluator(published->labels, *impl_->registry);
    for (const AssetId id : *kept.touched) walked.Set(id, evaluator.Allows(*rules, privilege, id));
    bitmap = std::make_shared<const AssetBitmap>(std::move(walked));
  }
  impl_->Keep(*entry, bitmap, wanted);
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

size_t VisibilityCache::bytes() const {
  base::MutexLock lock(impl_->mutex);
  return impl_->bytes;
}

}  // namespace cadastre::authz
