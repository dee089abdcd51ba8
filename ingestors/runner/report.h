// What a run tells people, programs and Prometheus.
//
// Thread rule: safe.
// Errors: of writing a file, with its path.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "client/screen.h"
#include "ingestors/runner/run.h"

namespace cadastre::ingest {

// For a person: every change of a plan, then each scope that is not as it was, each failure, and one line of totals.
void PrintReport(const client::Screen& screen, const RunReport& report);

// One JSON object, with a line end.
std::string JsonOf(const RunReport& report);

// Metrics for the node exporter's textfile collector. `before` is the file as it was: the time of the last complete run
// stands until there is a later one.
std::string MetricsOf(const RunReport& report, const std::string& before);

// A label's value in quotes, as the exposition format escapes it.
std::string LabelOf(std::string_view value);

// Replaces `path` whole. Readable to all, since the exporter is another user.
absl::Status WriteMetrics(const std::string& path, const RunReport& report);

}  // namespace cadastre::ingest
