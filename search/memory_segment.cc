#include "search/memory_segment.h"

#include <algorithm>
#include <array>
#include <tuple>
#include <utility>

namespace cadastre::search {
namespace {

using DocumentPtr = std::shared_ptr<const IndexedDocument>;

bool ById(const DocumentPtr& a, const DocumentPtr& b) { return a->id < b->id; }

}  // namespace

std::shared_ptr<const MemorySegment> MemorySegment::Of(std::vector<IndexedDocument> documents) {
  std::vector<DocumentPtr> shared;
  shared.reserve(documents.size());
  for (IndexedDocument& document : documents) {
    shared.push_back(std::make_shared<const IndexedDocument>(std::move(document)));
  }
  std::sort(shared.begin(), shared.end(), ById);
  return Build(std::move(shared));
}

std::shared_ptr<const MemorySegment> MemorySegment::Merge(const MemorySegment& older,
                                                          const authz::AssetBitmap& older_dead,
                                                          const MemorySegment& newer) {
  std::vector<DocumentPtr> alive;
  for (const DocumentPtr& document : older.documents_) {
    if (!older_dead.Has(document->id)) alive.push_back(document);
  }
  std::vector<DocumentPtr> merged;
  merged.reserve(alive.size() + newer.size());
  std::merge(alive.begin(), alive.end(), newer.documents_.begin(), newer.documents_.end(), std::back_inserter(merged),
             ById);
  return Build(std::move(merged));
}

std::shared_ptr<const MemorySegment> MemorySegment::Build(std::vector<DocumentPtr> documents) {
  auto segment = std::make_shared<MemorySegment>();
  segment->documents_ = std::move(documents);
  struct TermOccurrence {
    std::string_view term;
    uint32_t document;
    uint8_t count;
  };
  std::vector<TermOccurrence> occurrences;
  for (uint32_t i = 0; i < segment->documents_.size(); ++i) {
    segment->bytes_ += segment->documents_[i]->bytes();
    for (const auto& [term, count] : segment->documents_[i]->terms) occurrences.push_back({term, i, count});
  }
  std::sort(occurrences.begin(), occurrences.end(), [](const TermOccurrence& a, const TermOccurrence& b) {
    return std::tie(a.term, a.document) < std::tie(b.term, b.document);
  });
  segment->postings_.reserve(occurrences.size());
  for (const TermOccurrence& occurrence : occurrences) {
    if (segment->terms_.empty() || segment->terms_.back() != occurrence.term) {
      segment->terms_.push_back(occurrence.term);
      segment->starts_.push_back(static_cast<uint32_t>(segment->postings_.size()));
    }
    segment->postings_.push_back({occurrence.document, occurrence.count});
  }
  segment->starts_.push_back(static_cast<uint32_t>(segment->postings_.size()));
  segment->bytes_ += segment->terms_.size() * (sizeof(std::string_view) + sizeof(uint32_t)) +
                     segment->postings_.size() * sizeof(Occurrence);
  return segment;
}

size_t MemorySegment::LowerBound(std::string_view term) const {
  return static_cast<size_t>(std::lower_bound(terms_.begin(), terms_.end(), term) - terms_.begin());
}

void MemorySegment::ForEach(std::string_view term, PostingStore::Reach reach, PostingStore::Visitor visit) const {
  std::array<Posting, kPostingsAtOnce> some;
  for (size_t at = LowerBound(term); at < terms_.size(); ++at) {
    const bool own = terms_[at] == term;
    if (!own && (reach == PostingStore::Reach::kTerm || !terms_[at].starts_with(term))) return;
    for (uint32_t i = starts_[at]; i < starts_[at + 1];) {
      size_t size = 0;
      for (; size < some.size() && i < starts_[at + 1]; ++i) {
        some[size++] = {documents_[postings_[i].document]->id, postings_[i].count};
      }
      if (!visit(own, {some.data(), size})) return;
    }
  }
}

void MemorySegment::EachNear(std::string_view prefix, const NearWord& word, absl::FunctionRef<bool()> stop,
                             absl::FunctionRef<void(std::string_view)> visit) const {
  const std::string beginning = std::string(prefix) + word.first();
  for (size_t at = LowerBound(beginning); at < terms_.size() && terms_[at].starts_with(beginning); ++at) {
    if (stop()) return;
    const std::string_view one = terms_[at].substr(prefix.size());
    if (word.IsNear(one, LettersOf(one))) visit(one);
  }
}

class MemorySegment::Cursor final : public TermCursor {
 public:
  Cursor(const MemorySegment* segment, std::string_view prefix)
      : segment_(segment), prefix_(prefix), next_(segment->LowerBound(prefix)) {}

  bool Next() override {
    if (next_ == segment_->terms_.size() || !segment_->terms_[next_].starts_with(prefix_)) return false;
    ++next_;
    return true;
  }
  std::string_view term() const override { return segment_->terms_[next_ - 1]; }

 private:
  const MemorySegment* segment_;
  std::string prefix_;
  size_t next_;
};

std::unique_ptr<TermCursor> MemorySegment::Terms(std::string_view prefix) const {
  return std::make_unique<Cursor>(this, prefix);
}

std::shared_ptr<const std::string> MemorySegment::TextOf(AssetId id) const {
  const auto at = std::lower_bound(documents_.begin(), documents_.end(), id,
                                   [](const DocumentPtr& document, AssetId wanted) { return document->id < wanted; });
  return at == documents_.end() || (*at)->id != id ? nullptr : (*at)->text;
}

}  // namespace cadastre::search
