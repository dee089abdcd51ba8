#include "search/reading.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/status.h"

namespace cadastre::search {

StatusOr<Lease> Lease::Of(std::shared_ptr<const Reading> reading, bool undisturbed) {
  Lease lease(std::move(reading));
  const Reading& whole = *lease.reading_;
  if (whole.base != nullptr) {
    ASSIGN_OR_RETURN(std::unique_ptr<PostingStore> store, whole.base->Lease(whole.generation, undisturbed));
    lease.parts_.push_back({std::move(store), &whole.struck});
  }
  for (const TailPart& part : whole.tail) {
    lease.parts_.push_back({std::make_unique<SegmentStore>(part.segment), &part.dead});
  }
  return lease;
}

void Lease::ForEach(std::string_view term, PostingStore::Reach reach, PostingStore::Visitor visit) const {
  std::array<Posting, kPostingsAtOnce> alive;
  bool more = true;
  for (const Part& part : parts_) {
    const authz::AssetBitmap& dead = *part.dead;
    const bool all_alive = dead.chunks().empty();
    part.store->ForEach(term, reach, [&](bool own, std::span<const Posting> some) {
      if (all_alive) return more = visit(own, some);
      size_t size = 0;
      for (const Posting& one : some) {
        if (!dead.Has(one.id)) alive[size++] = one;
      }
      return more = visit(own, {alive.data(), size});
    });
    if (!more) return;
  }
}

void Lease::EachNear(std::string_view prefix, const NearWord& word, absl::FunctionRef<bool()> stop,
                     absl::FunctionRef<void(std::string_view)> visit) const {
  for (const Part& part : parts_) part.store->EachNear(prefix, word, stop, visit);
}

void Lease::EachTerm(std::string_view prefix, absl::FunctionRef<bool(const std::string&)> visit) const {
  std::vector<std::unique_ptr<TermCursor>> cursors;
  for (const Part& part : parts_) {
    std::unique_ptr<TermCursor> cursor = part.store->Terms(prefix);
    if (cursor->Next()) cursors.push_back(std::move(cursor));
  }
  while (!cursors.empty()) {
    const auto least = std::min_element(cursors.begin(), cursors.end(),
                                        [](const auto& a, const auto& b) { return a->term() < b->term(); });
    const std::string term((*least)->term());
    if (!visit(term)) return;
    std::erase_if(cursors, [&](const auto& cursor) { return cursor->term() == term && !cursor->Next(); });
  }
}

StatusOr<StoredText> Lease::TextOf(AssetId id) const {
  for (auto part = parts_.rbegin(); part != parts_.rend(); ++part) {
    if (part->dead->Has(id)) continue;
    if (auto text = part->store->TextOf(id)) return StoredText::Of(std::move(text));
  }
  return StoredText();
}

Status Lease::status() const {
  for (const Part& part : parts_) RETURN_IF_ERROR(part.store->status());
  return absl::OkStatus();
}

}  // namespace cadastre::search
