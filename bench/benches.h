// The benches: each measures one thing over the stage and fills one section.
//
// Functions; thread rule: confined. Errors: those of the stage, and UNAVAILABLE where a call under load failed.
#pragma once

#include "base/words.h"
#include "bench/report.h"
#include "bench/stage.h"

namespace cadastre::bench {

// Rates of the load, resident memory, time to ready, bytes on the device.
StatusOr<Section> MeasureWorld(Stage& stage);
// Governed, audited GetAsset beside an echo over the same gRPC.
StatusOr<Section> MeasureGetAsset(Stage& stage);
// Walks and whole answers beside a bare walk over compressed rows.
StatusOr<Section> MeasureLineage(Stage& stage);
// Durable events beside synced batches of the same keys.
StatusOr<Section> MeasureIngest(Stage& stage);
// A page of hits with facets beside bare Xapian on the same base.
StatusOr<Section> MeasureSearch(Stage& stage);
// Pages and searches of 40 and 300 roles in turn beside one.
StatusOr<Section> MeasureRoles(Stage& stage);
// How soon a pushed event is found, idle and while ingest runs.
StatusOr<Section> MeasureFresh(Stage& stage);
// One principal's small question while another's two large events are taken, beside the same on an idle server.
StatusOr<Section> MeasureFair(Stage& stage);

}  // namespace cadastre::bench
