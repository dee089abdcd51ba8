#include "lineage/edge_columns.h"

#include <algorithm>
#include <string_view>

#include "xxhash.h"

namespace cadastre::lineage {
namespace {

int ComparePaths(const google::protobuf::RepeatedPtrField<std::string>& left,
                 const google::protobuf::RepeatedPtrField<std::string>& right) {
  const int shared = std::min(left.size(), right.size());
  for (int i = 0; i < shared; ++i) {
    const int order = left.Get(i).compare(right.Get(i));
    if (order != 0) return order;
  }
  return left.size() - right.size();
}

int CompareUndescribed(const record::ColumnPair& left, const record::ColumnPair& right) {
  if (const int order = ComparePaths(left.from(), right.from()); order != 0) return order;
  if (const int order = ComparePaths(left.to(), right.to()); order != 0) return order;
  if (const int order = left.type().compare(right.type()); order != 0) return order;
  if (const int order = left.subtype().compare(right.subtype()); order != 0) return order;
  return static_cast<int>(left.masking()) - static_cast<int>(right.masking());
}

int ComparePairs(const record::ColumnPair& left, const record::ColumnPair& right) {
  const int order = CompareUndescribed(left, right);
  return order != 0 ? order : left.description().compare(right.description());
}

void AddBytes(std::string& out, std::string_view bytes) {
  const uint64_t size = bytes.size();
  out.append(reinterpret_cast<const char*>(&size), sizeof(size));
  out.append(bytes);
}

}  // namespace

bool PairLess(const record::ColumnPair& left, const record::ColumnPair& right) { return ComparePairs(left, right) < 0; }
bool PairEqual(const record::ColumnPair& left, const record::ColumnPair& right) {
  return ComparePairs(left, right) == 0;
}
bool PairEqualUndescribed(const record::ColumnPair& left, const record::ColumnPair& right) {
  return CompareUndescribed(left, right) == 0;
}

uint64_t HashOf(const google::protobuf::RepeatedPtrField<record::ColumnPair>& pairs) {
  if (pairs.empty()) return 0;
  std::string bytes;
  for (const record::ColumnPair& pair : pairs) {
    for (const auto* path : {&pair.from(), &pair.to()}) {
      bytes.push_back(static_cast<char>(path->size()));
      for (const std::string& segment : *path) AddBytes(bytes, segment);
    }
    AddBytes(bytes, pair.type());
    AddBytes(bytes, pair.subtype());
    AddBytes(bytes, pair.description());
    bytes.push_back(pair.masking() ? 1 : 0);
  }
  return XXH3_64bits(bytes.data(), bytes.size());
}

void SortPairs(google::protobuf::RepeatedPtrField<record::ColumnPair>* pairs) {
  std::sort(pairs->begin(), pairs->end(), PairLess);
}

void KeepPairs(google::protobuf::RepeatedPtrField<record::ColumnPair>* pairs,
               const std::function<bool(const record::ColumnPair&)>& keep) {
  int kept = 0;
  for (int i = 0; i < pairs->size(); ++i) {
    if (!keep(pairs->Get(i))) continue;
    if (kept != i) pairs->SwapElements(kept, i);
    ++kept;
  }
  pairs->DeleteSubrange(kept, pairs->size() - kept);
}

}  // namespace cadastre::lineage
