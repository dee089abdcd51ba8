// PostgreSQL, from its own catalog: databases, schemas, tables, views and what they are made of.
//
// Reads in one read-only transaction of a database, over one connection at a time, and nothing but pg_catalog: no row
// of any table. Works on a standby.
//
// Owner: the row is the program's. Thread rule: confined.
// Deliberately does not: read rows; tell bounds of values where the recipe does not say so; name indexes, sequences and
// partitions as assets.
#pragma once

#include "ingestors/runner/source.h"

namespace cadastre::ingest_postgres {

ingest::SourceType PostgresType();

}  // namespace cadastre::ingest_postgres
