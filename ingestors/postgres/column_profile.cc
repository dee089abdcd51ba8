#include "ingestors/postgres/column_profile.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>

namespace cadastre::ingest_postgres {
namespace {

struct Bounds {
  bool any = false;
  double min = 0, max = 0;
};

// NaN and infinities bound nothing. False where it is no array of numbers.
bool Widen(std::string_view array, Bounds& bounds) {
  if (array.empty()) return true;
  if (!array.starts_with('{') || !array.ends_with('}')) return false;
  array = array.substr(1, array.size() - 2);
  while (!array.empty()) {
    const size_t comma = std::min(array.find(','), array.size());
    double value = 0;
    const auto [end, error] = std::from_chars(array.data(), array.data() + comma, value);
    if (error == std::errc::invalid_argument || end != array.data() + comma) return false;
    if (error == std::errc() && std::isfinite(value)) {
      bounds.min = bounds.any ? std::min(bounds.min, value) : value;
      bounds.max = bounds.any ? std::max(bounds.max, value) : value;
      bounds.any = true;
    }
    array.remove_prefix(std::min(comma + 1, array.size()));
  }
  return true;
}

int64_t PartOf(double part, int64_t rows) {
  return std::llround(std::clamp(part, 0.0, 1.0) * static_cast<double>(rows));
}

}  // namespace

catalog::v1::Profile::Column ColumnProfileOf(std::string name, double null_part, double distinct, int64_t rows) {
  catalog::v1::Profile::Column column;
  column.set_column(std::move(name));
  column.set_null_count(PartOf(null_part, rows));
  if (distinct < 0) column.set_distinct_count(PartOf(-distinct, rows));
  if (distinct > 0) column.set_distinct_count(std::min(std::llround(distinct), static_cast<long long>(rows)));
  return column;
}

void AddBounds(std::string_view common, std::string_view histogram, catalog::v1::Profile::Column& column) {
  Bounds bounds;
  if (!Widen(common, bounds) || !Widen(histogram, bounds) || !bounds.any) return;
  column.set_min(bounds.min);
  column.set_max(bounds.max);
}

}  // namespace cadastre::ingest_postgres
