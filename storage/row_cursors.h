// The walks behind Reader::Scan and ScanVersions, one for each shape of table.
//
// Made by Reader, owned by its caller. Thread rule: confined. For this room alone.
// Versions a reader may not see are stepped over by seeking, so a row with thousands of them costs as much as one with
// ten.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "storage/engine.h"
#include "storage/reader.h"
#include "storage/row_key.h"

namespace cadastre::storage {

// Steps `cursor` to the first key at or after `target`: a few steps first, because the next version is often the one.
void AdvanceTo(EngineCursor& cursor, std::string_view target);

// One version a row: the one that held at `held_at`, as known at `bound`.
std::unique_ptr<RowCursor> NewRowCursor(std::unique_ptr<EngineCursor> cursor, Shape shape, std::string_view lower,
                                        Revision bound, Timestamp held_at);
// Every version known at `bound`.
std::unique_ptr<RowCursor> NewVersionCursor(std::unique_ptr<EngineCursor> cursor, Shape shape, std::string_view lower,
                                            Revision bound);
// At its end from the start, for a reason.
std::unique_ptr<RowCursor> NewFailedCursor(Status status);

}  // namespace cadastre::storage
