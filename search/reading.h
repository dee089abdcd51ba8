// Reading: the index as of a moment, immutable and shared; Lease: one request's way through it.
//
// The follower makes readings; Index::Read hands them out. Thread rule: a reading is compatible, a lease confined.
// A lease shows each document once: of the newest part that has it. Hidden documents are shown: who uses a lease tests
// every id against the view. Errors of Lease::Of: UNAVAILABLE. Of status(): ABORTED (take a new reading and begin
// again), DATA_LOSS, UNAVAILABLE.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "authz/policy/bitmap.h"
#include "search/asset_columns.h"
#include "search/base_index.h"
#include "search/memory_segment.h"
#include "search/postings.h"
#include "search/stored_text.h"

namespace cadastre::search {

struct TailPart {
  std::shared_ptr<const MemorySegment> segment;
  // Documents that a newer part has.
  authz::AssetBitmap dead;
};

struct Reading {
  std::shared_ptr<BaseIndex> base;  // null without a folder
  uint64_t generation = 0;
  // Documents of the base that the tail has.
  authz::AssetBitmap struck;
  std::vector<TailPart> tail;  // oldest first
  AssetColumns columns;
};

class Lease {
 public:
  // Of a reading, not null. `undisturbed`: no fold begins while it lives (BaseIndex::Lease).
  static StatusOr<Lease> Of(std::shared_ptr<const Reading> reading, bool undisturbed);

  // Not in the order of ids over all parts.
  void ForEach(std::string_view term, PostingStore::Reach reach, PostingStore::Visitor visit) const;
  // Of each part, so that a word may come again.
  void EachNear(std::string_view prefix, const NearWord& word, absl::FunctionRef<bool()> stop,
                absl::FunctionRef<void(std::string_view)> visit) const;
  // The terms with a prefix, in order, each once; `visit` answers false to stop.
  void EachTerm(std::string_view prefix, absl::FunctionRef<bool(const std::string& term)> visit) const;
  // Empty where the index has none; DATA_LOSS where it does not decode.
  StatusOr<StoredText> TextOf(AssetId id) const;
  const AssetColumns& columns() const { return reading_->columns; }
  Status status() const;

 private:
  struct Part {
    std::unique_ptr<PostingStore> store;
    const authz::AssetBitmap* dead;
  };
  explicit Lease(std::shared_ptr<const Reading> reading) : reading_(std::move(reading)) {}

  std::shared_ptr<const Reading> reading_;
  std::vector<Part> parts_;
};

}  // namespace cadastre::search
