#include "search/posting_cache.h"

#include <algorithm>
#include <array>
#include <utility>

namespace cadastre::search {
namespace {

// Of the maps, for each entry.
constexpr size_t kEntryBytes = 160;

}  // namespace

void CachedPostings::ForEach(PostingStore::Visitor visit) const {
  std::array<Posting, kPostingsAtOnce> some;
  for (size_t t = 0; t < terms_.size(); ++t) {
    const size_t end = t + 1 < terms_.size() ? terms_[t + 1].start : ids_.size();
    for (size_t at = terms_[t].start; at < end;) {
      const size_t size = std::min(end - at, some.size());
      for (size_t i = 0; i < size; ++i) some[i] = {AssetId(ids_[at + i]), counts_[at + i]};
      if (!visit(terms_[t].own, {some.data(), size})) return;
      at += size;
    }
  }
}

PostingCache::Entry PostingCache::Find(const std::string& key) {
  base::MutexLock lock(mutex_);
  if (const auto at = young_.find(key); at != young_.end()) return at->second;
  const auto at = old_.find(key);
  if (at == old_.end()) return {};
  Entry entry = at->second;
  young_bytes_ += entry.bytes;
  young_.insert(old_.extract(at));
  return entry;
}

void PostingCache::Keep(const std::string& key, Entry entry) {
  if (entry.bytes > kCachedBytesMax) return;
  entry.bytes += kEntryBytes + key.size();
  Entries gone;
  base::MutexLock lock(mutex_);
  const size_t bytes = entry.bytes;
  if (!young_.try_emplace(key, std::move(entry)).second) return;
  young_bytes_ += bytes;
  if (young_bytes_ <= kCacheBytesMax / 2) return;
  gone = std::move(old_);
  old_ = std::move(young_);
  young_.clear();
  young_bytes_ = 0;
}

std::shared_ptr<const CachedPostings> PostingCache::FindPostings(const std::string& key) { return Find(key).postings; }

std::shared_ptr<const WordList> PostingCache::FindWords(const std::string& key) { return Find(key).words; }

void PostingCache::KeepPostings(const std::string& key, CachedPostings postings) {
  const size_t bytes = postings.bytes();
  Keep(key, {std::make_shared<const CachedPostings>(std::move(postings)), nullptr, bytes});
}

void PostingCache::KeepWords(const std::string& key, WordList words) {
  const size_t bytes = words.bytes();
  Keep(key, {nullptr, std::make_shared<const WordList>(std::move(words)), bytes});
}

}  // namespace cadastre::search
