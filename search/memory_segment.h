// MemorySegment: some documents of the tail, immutable once made: sorted terms, and documents of each by small numbers.
//
// Made by the follower, shared by readings; thread rule: compatible. It is not Xapian's in-memory database, because
// that one may not be read by two threads at once and sizes its arrays by the largest document number. Bounds: one
// segment holds at most kTailDocumentsMax documents; memory is bytes().
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "authz/policy/bitmap.h"
#include "search/postings.h"
#include "search/terms.h"

namespace cadastre::search {

class MemorySegment {
 public:
  // One document an asset.
  static std::shared_ptr<const MemorySegment> Of(std::vector<IndexedDocument> documents);
  // The documents of both but those `older_dead` strikes out.
  static std::shared_ptr<const MemorySegment> Merge(const MemorySegment& older, const authz::AssetBitmap& older_dead,
                                                    const MemorySegment& newer);

  size_t size() const { return documents_.size(); }
  size_t bytes() const { return bytes_; }
  // Ascending, those that are no more included.
  const std::vector<std::shared_ptr<const IndexedDocument>>& documents() const { return documents_; }

  void ForEach(std::string_view term, PostingStore::Reach reach, PostingStore::Visitor visit) const;
  void EachNear(std::string_view prefix, const NearWord& word, absl::FunctionRef<bool()> stop,
                absl::FunctionRef<void(std::string_view)> visit) const;
  std::unique_ptr<TermCursor> Terms(std::string_view prefix) const;
  std::shared_ptr<const std::string> TextOf(AssetId id) const;

 private:
  struct Occurrence {
    uint32_t document;
    uint8_t count;
  };
  class Cursor;

  static std::shared_ptr<const MemorySegment> Build(std::vector<std::shared_ptr<const IndexedDocument>> documents);
  size_t LowerBound(std::string_view term) const;

  std::vector<std::shared_ptr<const IndexedDocument>> documents_;
  // Views into the documents' own terms.
  std::vector<std::string_view> terms_;
  std::vector<uint32_t> starts_;  // one more than terms
  std::vector<Occurrence> postings_;
  size_t bytes_ = 0;
};

// A segment as a store of one request.
class SegmentStore final : public PostingStore {
 public:
  explicit SegmentStore(std::shared_ptr<const MemorySegment> segment) : segment_(std::move(segment)) {}
  void ForEach(std::string_view term, Reach reach, Visitor visit) override { segment_->ForEach(term, reach, visit); }
  void EachNear(std::string_view prefix, const NearWord& word, absl::FunctionRef<bool()> stop,
                absl::FunctionRef<void(std::string_view)> visit) override {
    segment_->EachNear(prefix, word, stop, visit);
  }
  std::unique_ptr<TermCursor> Terms(std::string_view prefix) override { return segment_->Terms(prefix); }
  std::shared_ptr<const std::string> TextOf(AssetId id) override { return segment_->TextOf(id); }
  Status status() const override { return absl::OkStatus(); }

 private:
  std::shared_ptr<const MemorySegment> segment_;
};

}  // namespace cadastre::search
