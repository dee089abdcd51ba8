// The graph's checkpoint file: compressed rows as they stand in memory, a revision, and a checksum over both.
//
// Static functions; thread rule: safe. The file is written beside its name, synced and renamed, so that the name always
// stands for a whole checkpoint.
// Errors: NOT_FOUND (no file), DATA_LOSS (damaged, cut or of another format), UNAVAILABLE (the device).
// Deliberately does not: travel between machines of another byte order; the graph is rebuilt there.
#pragma once

#include <memory>
#include <string>

#include "base/words.h"
#include "lineage/adjacency.h"

namespace cadastre::lineage {

class GraphCheckpoint {
 public:
  struct Loaded {
    std::shared_ptr<const CompressedRows> base;
    Revision reached;
  };
  static Status Save(const std::string& path, const CompressedRows& rows, Revision reached);
  static StatusOr<Loaded> Load(const std::string& path);
};

}  // namespace cadastre::lineage
