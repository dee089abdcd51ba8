// TailWriter: what the follower and the folder change between two readings: parts of the tail, columns, what is struck
// out.
//
// Owned by the Index. Thread rule: safe; Put and Drop may run beside each other, readings made from it are immutable.
// Small parts merge as they come, so that a tail of n documents has about log n parts; the parts a fold has taken are
// left alone until it ends. Deliberately does not: bound itself (Index::overloaded does).
#pragma once

#include <atomic>
#include <cstddef>
#include <map>
#include <memory>
#include <vector>

#include "base/mutex.h"
#include "base/words.h"
#include "search/reading.h"

namespace cadastre::search {

class TailWriter {
 public:
  TailWriter() = default;

  // The base in use from now on, with nothing in the tail.
  void Begin(std::shared_ptr<BaseIndex> base, AssetColumns columns);

  // New versions of documents, and of values alone; all changes up to `reached` are then in.
  void Put(std::vector<IndexedDocument> documents, std::vector<std::pair<AssetId, record::SearchValues>> values,
           Revision reached);
  std::shared_ptr<const Reading> Read();
  AssetValues ValuesOf(AssetId id) const;
  // Are these the values of the asset already?
  bool Has(AssetId id, const record::SearchValues& values) const;

  // What a fold writes to the base: the parts there are now, pinned until Drop or Unpin.
  struct Pinned {
    std::vector<TailPart> parts;
    std::map<AssetId, record::SearchValues> values;
    Revision reached;
  };
  Pinned Pin();
  // They are in the base, which was committed.
  void Drop(const Pinned& pinned);
  void Unpin();

  // Without a lock: doors ask before every write.
  size_t documents() const { return documents_.load(std::memory_order_relaxed); }
  size_t bytes() const { return bytes_.load(std::memory_order_relaxed); }

 private:
  void MergeParts() REQUIRES(mutex_);
  void Recount() REQUIRES(mutex_);

  mutable base::Mutex mutex_;
  std::shared_ptr<BaseIndex> base_ GUARDED_BY(mutex_);
  AssetColumns columns_ GUARDED_BY(mutex_);
  std::vector<TailPart> parts_ GUARDED_BY(mutex_);
  authz::AssetBitmap struck_ GUARDED_BY(mutex_);
  // Values that changed without words; the base has older ones.
  std::map<AssetId, record::SearchValues> values_ GUARDED_BY(mutex_);
  Revision reached_ GUARDED_BY(mutex_);
  size_t pinned_ GUARDED_BY(mutex_) = 0;
  std::atomic<size_t> documents_ = 0;
  std::atomic<size_t> bytes_ = 0;
};

}  // namespace cadastre::search
