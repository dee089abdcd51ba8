// What an edge is: its kind, and the key that names it. Thread rule: compatible.
//
// An edge runs with the data: from what is read to what is written.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "base/words.h"

namespace cadastre::lineage {

// Written to disk as these numbers.
enum class EdgeKind : uint8_t {
  kConsumes = 1,  // dataset -> job
  kProduces = 2,  // job -> dataset
  kDerives = 3,   // dataset -> dataset, by a job or by its own definition
  kTriggers = 4,  // job -> job
};
inline constexpr uint8_t kEdgeKindMax = 4;

// `consumes`, `produces`, `derives`, `triggers`.
std::string_view EdgeKindWord(EdgeKind kind);

// One statement of one producer: what a row of kOut is keyed by.
struct EdgeKey {
  AssetId from;
  EdgeKind kind = EdgeKind::kConsumes;
  AssetId to;
  // The job that states it: one of its ends for consumes, produces and triggers; for derives the job between, or 0.
  AssetId job;
  uint32_t producer = 0;

  friend auto operator<=>(const EdgeKey&, const EdgeKey&) = default;
  friend bool operator==(const EdgeKey&, const EdgeKey&) = default;

  template <typename H>
  friend H AbslHashValue(H state, const EdgeKey& key) {
    return H::combine(std::move(state), key.from, static_cast<uint8_t>(key.kind), key.to, key.job, key.producer);
  }
};

}  // namespace cadastre::lineage
