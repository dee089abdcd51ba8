// dbt, from the artefacts that it leaves in its target folder: models, seeds, snapshots, sources and exposures, the
// jobs that make them, what they depend on, and how their tests and runs went.
//
// Reads files and nothing else: no profile, no warehouse, no project. `manifest.json` of v9 to v12; `catalog.json`,
// `run_results.json` and `sources.json` where they are there.
//
// Owner: the row is the program's. Thread rule: confined.
// Deliberately does not: read SQL (columns lead to columns where SQL is understood); tell runs, which dbt's own events
// do; rename tables, since dbt makes a new one instead.
#pragma once

#include "ingestors/runner/source.h"

namespace cadastre::ingest_dbt {

ingest::SourceType DbtType();

}  // namespace cadastre::ingest_dbt
