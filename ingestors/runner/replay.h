// Sends what earlier runs could not tell, before the source is read again.
//
// A spool is a crawl of its own, as of when its source was read. It is told only where no other crawl of the source
// began since, so that it writes nothing over what a newer one said, and it takes nothing away: that something was not
// seen then says nothing of now. It is there until the catalog has all of it; telling it twice changes nothing.
// Owner: none, functions. Thread rule: confined to the run.
// Errors: of the catalog, after which the spools are kept. What is no whole spool, or of another source, or
// overtaken, is taken away and told.
#pragma once

#include <functional>

#include "absl/status/status.h"
#include "ingestors/runner/crawl_calls.h"
#include "ingestors/runner/reconciler.h"
#include "ingestors/runner/run.h"

namespace cadastre::ingest {

struct ReplaySettings {
  // Whose spools they must be; `held_at` says nothing.
  SpoolHeader header;
  // For a crawl as of then.
  std::function<Reconciler::Options(base::Timestamp held_at)> options_at;
  // Begins a crawl, waiting as the run does, and keeps its number in the place.
  std::function<absl::Status(CrawlCalls& calls)> begin;
  std::string holder;
};

// Whether `calls` has a crawl that was begun and not used: the run goes on with it.
struct ReplayEnd {
  absl::Status status;
  bool begun = false;
};

ReplayEnd SendSpools(const SourcePlace& place, const Source& source, CrawlCalls& calls, const ReplaySettings& settings,
                     std::vector<RunReport::Replayed>& told);

}  // namespace cadastre::ingest
