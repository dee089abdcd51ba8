// Which column of which relation each column of a view is, where it is one as it stands.
//
// PostgreSQL's parser notes it of every result column that is a plain reference, through joins, subqueries and CTEs; it
// is read from the view's rule as the server prints it (pg_node_tree), which no function tells.
//
// Thread rule: safe.
// Bounds: linear in the text. What is not understood gives no columns.
// Deliberately does not: guess at expressions; which columns they use tells pg_depend, and not for which result.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace cadastre::ingest_postgres {

struct ColumnOrigin {
  // The column of the view, by its number.
  int64_t column = 0;
  // The relation's oid and the number of its column.
  int64_t relation = 0;
  int64_t relation_column = 0;

  friend bool operator==(const ColumnOrigin&, const ColumnOrigin&) = default;
};

std::vector<ColumnOrigin> ColumnOriginsOf(std::string_view rule);

}  // namespace cadastre::ingest_postgres
