// PageBytes: how many bytes one answer holds. Clients take messages of 4 MiB unless told otherwise, so a page also ends
// at kAnswerBytesMax, and its token goes on with the row that did not fit.
//
// One answer's; thread rule: confined. The first row always fits: whoever makes rows keeps each below the bound.
#pragma once

#include <google/protobuf/message_lite.h>
#include <google/protobuf/repeated_field.h>

#include <cstddef>
#include <utility>

#include "authz/view/shown.h"
#include "base/status.h"
#include "base/words.h"

namespace cadastre::server {

inline constexpr size_t kAnswerBytesMax = size_t{3} << 20;

class PageBytes {
 public:
  // `used`: by what else the answer holds.
  explicit PageBytes(size_t used = 0) : used_(used) {}

  // Whether the answer has room for the row, which it takes.
  bool Take(const google::protobuf::MessageLite& row) { return TakeBytes(row.ByteSizeLong()); }
  bool TakeBytes(size_t bytes) {
    // The row's tag and length.
    constexpr size_t kFrameBytes = 6;
    if (taken_ && used_ + bytes + kFrameBytes > kAnswerBytesMax) return false;
    taken_ = true;
    used_ += bytes + kFrameBytes;
    return true;
  }

 private:
  size_t used_;
  bool taken_ = false;
};

// Adds to `out` what `make`(row) makes, a StatusOr<Row>, of each of the first `max` rows that fit; how many those are.
// What it makes and notes of the first that does not is dropped: it is not shown.
template <typename Rows, typename Make, typename Row>
StatusOr<size_t> AddRows(authz::ShownAssets& shown, PageBytes bytes, const Rows& rows, size_t max, const Make& make,
                         google::protobuf::RepeatedPtrField<Row>* out) {
  size_t added = 0;
  for (const auto& row : rows) {
    if (added == max) break;
    authz::NotesHeld notes(&shown);
    ASSIGN_OR_RETURN(Row one, make(row));
    if (!bytes.Take(one)) break;
    notes.Keep();
    *out->Add() = std::move(one);
    ++added;
  }
  return added;
}

}  // namespace cadastre::server
