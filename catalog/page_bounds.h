// How much of a page one answer holds: what is cut, and what is told of it.
//
// Pure; thread rule: compatible. Sizes are those of the wire messages, nearly. What is cut is not shown, so a page is
// bounded before it is noted for the audit.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/status.h"
#include "catalog/page.h"

namespace cadastre::catalog {

// Together well below the 4 MiB that clients take: of the answer a client gets unasked, and of one that holds as much
// as it may.
PageBounds BasicBounds();
PageBounds FullBounds();

// The schema loses its fields, which are the columns; then everything beyond the bounds goes, what is asked for last
// and the first of that never. NOT_FOUND where the page lacks the column asked for.
Status BoundPage(const PageBounds& bounds, AssetPage& page);

// Leaves the value out where it is longer than that, but for its kind and a facet's name; how long it was, else 0.
size_t CutValue(v1::Aspect& aspect, size_t bytes_max);
void BoundValue(MergedAspect& value, size_t bytes_max);

// The columns that a request asks for, long values cut out of each. At least one where any is left.
ColumnsPage TakeColumns(const ColumnsRequest& request, std::vector<ColumnPage> columns);

}  // namespace cadastre::catalog
