// What the catalog is told of a column's values, from what PostgreSQL estimates of them.
//
// Thread rule: safe.
// Deliberately does not: say more than a sample of the rows does; bounds are those of the values that ANALYZE met.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "cadastre/catalog/v1/aspects.pb.h"

namespace cadastre::ingest_postgres {

// `null_part` and `distinct` as pg_stats has them: below 0 the latter is minus its part of the rows, 0 not known.
catalog::v1::Profile::Column ColumnProfileOf(std::string name, double null_part, double distinct, int64_t rows);

// Sets `min` and `max` from arrays of numbers as SQL writes them, or leaves both unset where one of them is none.
void AddBounds(std::string_view common, std::string_view histogram, catalog::v1::Profile::Column& column);

}  // namespace cadastre::ingest_postgres
