// The few types every room uses, as words of the namespace `cadastre` itself.
#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/asset_name.h"
#include "base/canonical_name.h"
#include "base/clock.h"
#include "base/ids.h"

namespace cadastre {

using absl::Status;
using absl::StatusOr;
using base::AssetId;
using base::AssetKind;
using base::AssetName;
using base::CanonicalName;
using base::Clock;
using base::ColumnId;
using base::Revision;
using base::Timestamp;

inline constexpr Timestamp kTimestampMax = Timestamp::Max();

}  // namespace cadastre
