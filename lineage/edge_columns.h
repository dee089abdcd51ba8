// Column pairs as values: their order, their hash, their paths. Thread rule: compatible.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "cadastre/record/lineage.pb.h"
#include "google/protobuf/repeated_field.h"

namespace cadastre::lineage {

// The path as a list of segments.
template <typename Repeated>
std::vector<std::string> PathOf(const Repeated& segments) {
  return std::vector<std::string>(segments.begin(), segments.end());
}

// A total order over all that a pair says.
bool PairLess(const record::ColumnPair& left, const record::ColumnPair& right);
bool PairEqual(const record::ColumnPair& left, const record::ColumnPair& right);
// To who does not see descriptions.
bool PairEqualUndescribed(const record::ColumnPair& left, const record::ColumnPair& right);

// The empty pair by which a history says that walks pass through (see record.Edge.through).
inline record::ColumnPair ThroughPair() { return {}; }
inline bool IsThroughPair(const record::ColumnPair& pair) { return pair.from().empty() && pair.to().empty(); }

// 0 for no pairs; the same for the same pairs in the same order, on every machine.
uint64_t HashOf(const google::protobuf::RepeatedPtrField<record::ColumnPair>& pairs);

void SortPairs(google::protobuf::RepeatedPtrField<record::ColumnPair>* pairs);

// Removes the pairs `keep` refuses, in order.
void KeepPairs(google::protobuf::RepeatedPtrField<record::ColumnPair>* pairs,
               const std::function<bool(const record::ColumnPair&)>& keep);

}  // namespace cadastre::lineage
