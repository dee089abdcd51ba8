// The bounds every room keeps, each with its unit in its name. A bound is part of the contract: the .proto file that
// states it and this file change together.
#pragma once

#include <cstddef>
#include <cstdint>

namespace cadastre::base {

// Names.
inline constexpr size_t kNamespaceBytesMax = 512;
inline constexpr size_t kNameBytesMax = 1'024;
inline constexpr size_t kColumnSegmentBytesMax = 512;
inline constexpr size_t kColumnPathSegmentsMax = 32;
inline constexpr size_t kColumnsPerAssetMax = 10'000;
inline constexpr size_t kOwnerBytesMax = 512;
inline constexpr size_t kTagKeyBytesMax = 256;
inline constexpr int kListEntriesMax = 1'000;  // owners, tags, links of one aspect

// Storage. Other engines behind the seam bound their keys; 2,000 bytes fit them all.
inline constexpr size_t kKeyBytesMax = 2'000;

// Doors.
inline constexpr size_t kBodyBytesMax = size_t{16} << 20;
inline constexpr uint32_t kPushEventsInFlightMax = 256;
inline constexpr uint32_t kPageRowsDefault = 100;
inline constexpr uint32_t kPageRowsMax = 1'000;

// Search.
inline constexpr size_t kQueryBytesMax = 1'024;
inline constexpr uint32_t kSearchRowsDefault = 20;
inline constexpr uint32_t kSearchRowsMax = 100;
inline constexpr uint32_t kSuggestRowsDefault = 10;
inline constexpr uint32_t kSuggestRowsMax = 20;
inline constexpr uint32_t kFacetsMax = 10;
inline constexpr uint32_t kFacetValuesMax = 50;

// Lineage.
inline constexpr uint32_t kWalkHopsDefault = 5;
inline constexpr uint32_t kWalkHopsMax = 100;
inline constexpr uint32_t kWalkNodesDefault = 1'000;
inline constexpr uint32_t kWalkNodesMax = 10'000;
inline constexpr uint32_t kRunsPerJobMax = 1'000;
inline constexpr size_t kEdgePairsMax = 10'000;

// Retention, in days.
inline constexpr uint32_t kHistoryDaysDefault = 400;
inline constexpr uint32_t kRunDaysDefault = 30;

}  // namespace cadastre::base
