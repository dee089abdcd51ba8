#include "authz/policy/registry.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstring>
#include <deque>
#include <map>
#include <utility>

#include <xxhash.h>

#include "absl/container/btree_set.h"
#include "absl/container/flat_hash_set.h"
#include "authz/policy/growing_array.h"
#include "base/check.h"
#include "base/mutex.h"

namespace cadastre::authz {
namespace {

// A name made known. Never moves, never goes.
struct Entry {
  const char* text;
  std::atomic<uint64_t> asset;  // 0 = forgotten
  uint32_t ns;
  uint16_t size;
  AssetKind kind;

  std::string_view name() const { return {text, size}; }
};

// Bytes of names in blocks that never move.
class NameBytes {
 public:
  const char* Keep(std::string_view bytes) {
    if (blocks_.empty() || bytes.size() > kBlockBytes - used_) {
      blocks_.push_back(std::make_unique<char[]>(std::max(kBlockBytes, bytes.size())));
      used_ = 0;
    }
    char* at = blocks_.back().get() + used_;
    std::memcpy(at, bytes.data(), bytes.size());
    used_ += bytes.size();
    return at;
  }

 private:
  static constexpr size_t kBlockBytes = 64 * 1024;
  std::vector<std::unique_ptr<char[]>> blocks_;
  size_t used_ = 0;
};

uint64_t HashOf(const AssetNameView& name) {
  const uint64_t seed = XXH3_64bits(name.ns.data(), name.ns.size()) + static_cast<uint64_t>(name.kind);
  return XXH3_64bits_withSeed(name.name.data(), name.name.size(), seed);
}

AssetNameView ViewOfEntry(const Entry& entry, const WordTable& words) {
  return {entry.kind, words.Text(entry.ns), entry.name()};
}

struct EntryHash {
  using is_transparent = void;
  const WordTable* words;
  size_t operator()(const Entry* entry) const { return HashOf(ViewOfEntry(*entry, *words)); }
  size_t operator()(const AssetNameView& name) const { return HashOf(name); }
};

struct EntryEqual {
  using is_transparent = void;
  const WordTable* words;
  bool operator()(const Entry* a, const Entry* b) const { return a == b; }
  bool operator()(const Entry* a, const AssetNameView& b) const {
    return a->kind == b.kind && a->name() == b.name && words->Text(a->ns) == b.ns;
  }
  bool operator()(const AssetNameView& a, const Entry* b) const { return (*this)(b, a); }
};

struct ByName {
  using is_transparent = void;
  bool operator()(const Entry* a, const Entry* b) const { return a->name() < b->name(); }
  bool operator()(const Entry* a, std::string_view b) const { return a->name() < b; }
  bool operator()(std::string_view a, const Entry* b) const { return a < b->name(); }
};

constexpr size_t kParts = 16;

}  // namespace

struct Registry::Impl {
  struct Part {
    explicit Part(const WordTable* words) : entries(0, EntryHash{words}, EntryEqual{words}) {}
    mutable base::Mutex mutex;
    absl::flat_hash_set<Entry*, EntryHash, EntryEqual> entries GUARDED_BY(mutex);
  };
  // Names of one kind and namespace, in name order.
  using Order = absl::btree_set<const Entry*, ByName>;

  explicit Impl(const WordTable* words) {
    for (auto& part : parts) part = std::make_unique<Part>(words);
  }

  Part& PartOf(const AssetNameView& name) const { return *parts[HashOf(name) >> 60]; }
  Entry* FindEntry(const AssetNameView& name) const {
    Part& part = PartOf(name);
    base::MutexLock lock(part.mutex);
    auto found = part.entries.find(name);
    return found == part.entries.end() ? nullptr : *found;
  }
  Entry* Make(const AssetName& name, const WordTable& words) REQUIRES(write_mutex);

  base::Mutex write_mutex;
  NameBytes bytes GUARDED_BY(write_mutex);
  std::deque<Entry> entries GUARDED_BY(write_mutex);

  std::array<std::unique_ptr<Part>, kParts> parts;
  GrowingArray<const Entry*> by_id;
  std::atomic<uint64_t> next_id{1};

  mutable base::Mutex order_mutex;
  std::map<std::pair<AssetKind, uint32_t>, Order> orders GUARDED_BY(order_mutex);
};

Entry* Registry::Impl::Make(const AssetName& name, const WordTable& words) {
  CHECK(name.name.size() <= UINT16_MAX) << "a name of " << name.name.size() << " bytes passed the doors";
  Entry& entry = entries.emplace_back();
  entry.text = bytes.Keep(name.name);
  entry.size = static_cast<uint16_t>(name.name.size());
  entry.ns = words.Intern(name.ns);
  entry.kind = name.kind;
  Part& part = PartOf(AssetNameView::Of(name));
  base::MutexLock lock(part.mutex);
  part.entries.insert(&entry);
  return &entry;
}

Registry::Registry() : impl_(std::make_unique<Impl>(&words_)) {}
Registry::~Registry() = default;

std::optional<AssetId> Registry::Find(const CanonicalName& name) const {
  const Entry* entry = impl_->FindEntry(AssetNameView::Of(*name));
  if (entry == nullptr) return std::nullopt;
  const uint64_t id = entry->asset.load(std::memory_order_acquire);
  if (id == 0) return std::nullopt;
  return AssetId(id);
}

std::optional<AssetNameView> Registry::ViewOf(AssetId id) const {
  const Entry* entry = impl_->by_id.Get(id.value());
  if (entry == nullptr) return std::nullopt;
  return ViewOfEntry(*entry, words_);
}

std::optional<AssetName> Registry::NameOf(AssetId id) const {
  const std::optional<AssetNameView> view = ViewOf(id);
  if (!view.has_value()) return std::nullopt;
  return AssetName{view->kind, std::string(view->ns), std::string(view->name)};
}

void Registry::Add(const AssetName& name, AssetId id) {
  base::MutexLock lock(impl_->write_mutex);
  Entry* entry = impl_->FindEntry(AssetNameView::Of(name));
  if (entry == nullptr) entry = impl_->Make(name, words_);
  {
    base::MutexLock order_lock(impl_->order_mutex);
    impl_->orders[{name.kind, entry->ns}].insert(entry);
    entry->asset.store(id.value(), std::memory_order_release);
  }
  CHECK(impl_->by_id.Set(id.value(), entry)) << "asset id " << id << " is beyond all bounds";
  RaiseNextId(id);
}

void Registry::Forget(const AssetName& name) {
  base::MutexLock lock(impl_->write_mutex);
  Entry* entry = impl_->FindEntry(AssetNameView::Of(name));
  if (entry == nullptr) return;
  base::MutexLock order_lock(impl_->order_mutex);
  impl_->orders[{name.kind, entry->ns}].erase(entry);
  entry->asset.store(0, std::memory_order_release);
}

AssetId Registry::NextId() { return AssetId(impl_->next_id.fetch_add(1, std::memory_order_relaxed)); }

void Registry::RaiseNextId(AssetId past) {
  uint64_t next = impl_->next_id.load(std::memory_order_relaxed);
  while (next <= past.value() && !impl_->next_id.compare_exchange_weak(next, past.value() + 1)) {
  }
}

std::vector<AssetId> Registry::ScanNames(AssetKind kind, std::string_view name_space, std::string_view prefix,
                                         std::string_view after, size_t max) const {
  std::vector<AssetId> ids;
  const uint32_t ns = words_.Find(name_space);
  if (ns == 0 && !name_space.empty()) return ids;
  base::MutexLock lock(impl_->order_mutex);
  auto order = impl_->orders.find({kind, ns});
  if (order == impl_->orders.end()) return ids;
  auto at = after < prefix ? order->second.lower_bound(prefix) : order->second.upper_bound(after);
  if (after.empty()) at = order->second.lower_bound(prefix);
  for (; at != order->second.end() && ids.size() < max && (*at)->name().starts_with(prefix); ++at) {
    ids.push_back(AssetId((*at)->asset.load(std::memory_order_relaxed)));
  }
  return ids;
}

std::vector<std::string> Registry::Namespaces(AssetKind kind) const {
  std::vector<std::string> out;
  {
    base::MutexLock lock(impl_->order_mutex);
    for (auto at = impl_->orders.lower_bound({kind, 0}); at != impl_->orders.end() && at->first.first == kind; ++at) {
      if (!at->second.empty()) out.emplace_back(words_.Text(at->first.second));
    }
  }
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace cadastre::authz
