// PostingCache: what was read of one state of the base, kept in memory for the next who asks for it.
//
// Holds postings and words as the base has them, hidden documents included, like the base itself: nothing that depends
// on a viewer. Owned by a BaseIndex, one for each committed state. Thread rule: safe. Bounds: kCacheBytesMax for all,
// kCachedBytesMax for one entry; what was not asked for lately goes first.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/mutex.h"
#include "search/near_words.h"
#include "search/postings.h"

namespace cadastre::search {

inline constexpr size_t kCacheBytesMax = size_t{64} << 20;
inline constexpr size_t kCachedBytesMax = size_t{4} << 20;

// The postings of a term, or of all that begin with it; none where there is no such term.
class CachedPostings {
 public:
  void Begin(bool own) { terms_.push_back({static_cast<uint32_t>(ids_.size()), own}); }
  void Add(uint32_t id, uint8_t count) {
    ids_.push_back(id);
    counts_.push_back(count);
  }
  size_t bytes() const { return ids_.size() * 5 + terms_.size() * sizeof(Term); }
  void ForEach(PostingStore::Visitor visit) const;

 private:
  struct Term {
    uint32_t start;
    bool own;
  };
  std::vector<Term> terms_;
  std::vector<uint32_t> ids_;
  std::vector<uint8_t> counts_;
};

class PostingCache {
 public:
  // Null where it is not kept.
  std::shared_ptr<const CachedPostings> FindPostings(const std::string& key);
  std::shared_ptr<const WordList> FindWords(const std::string& key);
  // Takes what is not too large.
  void KeepPostings(const std::string& key, CachedPostings postings);
  void KeepWords(const std::string& key, WordList words);

 private:
  struct Entry {
    std::shared_ptr<const CachedPostings> postings;
    std::shared_ptr<const WordList> words;
    size_t bytes = 0;
  };
  using Entries = std::unordered_map<std::string, Entry>;
  Entry Find(const std::string& key);
  void Keep(const std::string& key, Entry entry);

  base::Mutex mutex_;
  // What is asked for moves to the young; when they are half of all, they become the old, and the old go.
  Entries young_ GUARDED_BY(mutex_);
  Entries old_ GUARDED_BY(mutex_);
  size_t young_bytes_ GUARDED_BY(mutex_) = 0;
};

}  // namespace cadastre::search
