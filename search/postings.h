// PostingStore: where terms and their documents stand: the base on disk or one segment of the tail.
//
// A segment is immutable and many readings share it (compatible); a store over the base is leased to one request
// (confined). Errors: none by value. A base that fails notes it in `status`, which the request checks before it
// answers.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/functional/function_ref.h"
#include "base/words.h"

namespace cadastre::search {

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
  using Visitor = absl::FunctionRef<void(AssetId id, uint32_t count)>;

  virtual ~PostingStore() = default;
  // Ascending ids; hidden and replaced documents included.
  virtual void ForEach(std::string_view term, Visitor visit) = 0;
  virtual std::unique_ptr<TermCursor> Terms(std::string_view prefix) = 0;
  // As EncodeText made it; null or empty where the store has no such document.
  virtual std::shared_ptr<const std::string> TextOf(AssetId id) = 0;
  virtual Status status() const = 0;
};

}  // namespace cadastre::search
