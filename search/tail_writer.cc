#include "search/tail_writer.h"

#include <utility>

namespace cadastre::search {
namespace {

// Parts above this size stay as they are until they fold.
constexpr size_t kMergedDocumentsMax = 2'048;
// A part merges with the newer one beside it unless it is this many times its size.
constexpr size_t kMergeRatio = 4;

}  // namespace

void TailWriter::Begin(std::shared_ptr<BaseIndex> base, AssetColumns columns) {
  base::MutexLock lock(mutex_);
  reached_ = base == nullptr ? Revision() : base->revision();
  base_ = std::move(base);
  columns_ = std::move(columns);
  parts_.clear();
  struck_ = {};
  values_.clear();
  pinned_ = 0;
  Recount();
}

void TailWriter::Put(std::vector<IndexedDocument> documents,
                     std::vector<std::pair<AssetId, record::SearchValues>> values, Revision reached) {
  std::shared_ptr<const MemorySegment> segment;
  if (!documents.empty()) segment = MemorySegment::Of(std::move(documents));
  base::MutexLock lock(mutex_);
  for (auto& [id, changed] : values) {
    columns_.Set(id, changed);
    values_[id] = std::move(changed);
  }
  if (segment != nullptr) {
    for (const auto& document : segment->documents()) {
      if (struck_.Has(document->id)) {
        for (TailPart& part : parts_) part.dead.Set(document->id, true);
      }
      struck_.Set(document->id, true);
      values_.erase(document->id);
      if (document->gone()) {
        columns_.Remove(document->id);
      } else {
        columns_.Set(document->id, document->values);
      }
    }
    parts_.push_back({std::move(segment), {}});
    MergeParts();
    Recount();
  }
  reached_ = reached;
}

void TailWriter::MergeParts() {
  while (parts_.size() >= pinned_ + 2) {
    const TailPart& older = parts_[parts_.size() - 2];
    const TailPart& newer = parts_.back();
    if (older.segment->size() >= kMergeRatio * newer.segment->size()) break;
    if (older.segment->size() + newer.segment->size() > kMergedDocumentsMax) break;
    TailPart merged{MemorySegment::Merge(*older.segment, older.dead, *newer.segment), newer.dead};
    parts_.pop_back();
    parts_.back() = std::move(merged);
  }
}

void TailWriter::Recount() {
  size_t documents = 0;
  size_t bytes = 0;
  for (const TailPart& part : parts_) {
    documents += part.segment->size();
    bytes += part.segment->bytes();
  }
  documents_ = documents;
  bytes_ = bytes;
}

std::shared_ptr<const Reading> TailWriter::Read() {
  base::MutexLock lock(mutex_);
  auto reading = std::make_shared<Reading>();
  reading->base = base_;
  reading->generation = base_ == nullptr ? 0 : base_->generation();
  reading->struck = struck_;
  reading->tail = parts_;
  columns_.Freeze();
  reading->columns = columns_;
  return reading;
}

AssetValues TailWriter::ValuesOf(AssetId id) const {
  base::MutexLock lock(mutex_);
  return columns_.Of(id);
}

bool TailWriter::Has(AssetId id, const record::SearchValues& values) const {
  base::MutexLock lock(mutex_);
  const AssetValues& known = columns_.Of(id);
  const authz::WordTable& words = columns_.words();
  return known.indexed && known.digest == values.digest() && known.usage == values.usage() &&
         known.updated == values.updated() && known.deprecated == values.deprecated() &&
         words.Text(known.platform) == values.platform() && words.Text(known.type) == values.type() &&
         words.Text(known.certification) == values.certification();
}

TailWriter::Pinned TailWriter::Pin() {
  base::MutexLock lock(mutex_);
  pinned_ = parts_.size();
  return {parts_, values_, reached_};
}

void TailWriter::Drop(const Pinned& pinned) {
  base::MutexLock lock(mutex_);
  parts_.erase(parts_.begin(), parts_.begin() + static_cast<ptrdiff_t>(pinned.parts.size()));
  pinned_ = 0;
  struck_ = {};
  for (const TailPart& part : parts_) {
    for (const auto& document : part.segment->documents()) struck_.Set(document->id, true);
  }
  for (const auto& [id, values] : pinned.values) {
    const auto at = values_.find(id);
    if (at != values_.end() && at->second.SerializeAsString() == values.SerializeAsString()) values_.erase(at);
  }
  Recount();
}

void TailWriter::Unpin() {
  base::MutexLock lock(mutex_);
  pinned_ = 0;
}

}  // namespace cadastre::search
