// What the catalog is told of a node: its table, the job that makes it, or the exposure that it is.
//
// What dbt knows of how a table is made stands at its job; at the table stands what holds of it whoever makes it, so
// that dbt and a crawl of the warehouse do not state the same thing in turns.
//
// Thread rule: safe; every answer is the caller's.
// Bounds: 1,000 properties, tags and owners; 10,000 columns, of which 5,000 are described.
#pragma once

#include "cadastre/ingest/v1/ingest.pb.h"
#include "ingestors/dbt/dbt_names.h"
#include "ingestors/dbt/project.h"

namespace cadastre::ingest_dbt {

struct ObjectOptions {
  // Whether columns, types and sizes are told.
  bool structure = true;
};

ingest::v1::CrawledObject TableObject(const Project& project, const DbtNames& names, const ObjectOptions& options,
                                      const Tables::Table& table);

// `job`: what DbtNames::JobOf says. `origin` where all of it is known is what the job reads.
ingest::v1::CrawledObject JobObject(const Project& project, const DbtNames& names, const Node& node,
                                    const catalog::v1::AssetRef& job, const Tables::Origin& origin);

ingest::v1::CrawledObject ExposureObject(const DbtNames& names, const Node& node, const Tables::Origin& origin);

}  // namespace cadastre::ingest_dbt
