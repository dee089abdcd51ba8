// PostingStore: where terms and their documents stand: the base on disk or one segment of the tail.
//
// A segment is immutable and many readings share it (compatible); a store over the base is leased to one request
// (confined). Errors: none by value. A base that fails notes it in `status`, which the request checks before it
// answers.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "base/words.h"
#include "search/near_words.h"

namespace cadastre::search {

struct Posting {
  AssetId id;
  uint32_t count = 0;
};
// How many postings a store tells at once, at most.
inline constexpr size_t kPostingsAtOnce = 256;

// The terms of a store in order, from some prefix on. Must not outlive its store.
class TermCursor {
 public:
  virtual ~TermCursor() = default;
  // False past the last term with the prefix.
  virtual bool Next() = 0;
  virtual std::string_view term() const = 0;
};

class PostingStore {
 public:
  // Postings of one term, ascending within it; hidden and replaced documents included. False to stop.
  // `own`: of the term that was asked for, not of a longer one.
  using Visitor = absl::FunctionRef<bool(bool own, std::span<const Posting> postings)>;
  enum class Reach : uint8_t { kTerm, kLongerToo };

  virtual ~PostingStore() = default;
  // Of the term, and of those that begin with it; terms one after the other.
  virtual void ForEach(std::string_view term, Reach reach, Visitor visit) = 0;
  virtual std::unique_ptr<TermCursor> Terms(std::string_view prefix) = 0;
  // What follows `prefix` in its terms and is near the word; `stop` is asked now and then.
  virtual void EachNear(std::string_view prefix, const NearWord& word, absl::FunctionRef<bool()> stop,
                        absl::FunctionRef<void(std::string_view)> visit) = 0;
  // As EncodeText made it; null or empty where the store has no such document.
  virtual std::shared_ptr<const std::string> TextOf(AssetId id) = 0;
  virtual Status status() const = 0;
};

}  // namespace cadastre::search
