#include "search/memory_segment.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <utility>

#include "absl/container/flat_hash_map.h"

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
  // Most terms stand in many documents, so they are told apart by hash and only the different ones are sorted.
  absl::flat_hash_map<std::string_view, uint32_t> numbers;
  std::vector<std::string_view> found;  // by number
  std::vector<uint32_t> counts;         // documents, by number
  std::vector<uint32_t> occurrences;    // numbers, in the order of documents and their terms
  for (const DocumentPtr& document : segment->documents_) {
    segment->bytes_ += document->bytes();
    for (const auto& [term, count] : document->terms) {
      const auto [number, fresh] = numbers.try_emplace(term, static_cast<uint32_t>(found.size()));
      if (fresh) {
        found.push_back(term);
        counts.push_back(0);
      }
      ++counts[number->second];
      occurrences.push_back(number->second);
    }
  }
  std::vector<uint32_t> order(found.size());
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) { return found[a] < found[b]; });
  std::vector<uint32_t> next(found.size());  // where the next document of a term goes, by number
  uint32_t start = 0;
  for (const uint32_t number : order) {
    segment->terms_.push_back(found[number]);
    segment->starts_.push_back(start);
    next[number] = start;
    start += counts[number];
  }
  segment->starts_.push_back(start);
  segment->postings_.resize(occurrences.size());
  size_t at = 0;
  for (uint32_t i = 0; i < segment->documents_.size(); ++i) {
    for (const auto& [term, count] : segment->documents_[i]->terms) {
      segment->postings_[next[occurrences[at++]]++] = {i, count};
    }
  }
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
