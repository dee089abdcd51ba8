// Merging what several producers state of one aspect into the value readers see.
//
// Pure; thread rule: compatible. A scalar takes the highest rank, then the latest
// held-at, then the larger content hash; owners, tags, terms and classifications
// are unions of assertions, where the highest-ranked statement about an entry
// decides whether it is asserted or denied; of quality results each is a scalar by
// itself. Claims rank below everything.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/words.h"
#include "cadastre/record/catalog.pb.h"
#include "catalog/aspect_kind.h"

namespace cadastre::catalog {

struct Statement {
  v1::Aspect aspect;
  record::Producer producer;
  Timestamp held;
  // Of the commit, in microseconds.
  Timestamp committed;
  bool claim = false;
  uint64_t hash = 0;
  // The member of a merged set it was stated of; invalid where only one asset is looked at.
  AssetId asset{0};
};

struct MergedAspect {
  uint32_t number = 0;
  ColumnId column;
  v1::Aspect aspect;
  // The statements that took part, highest rank first, without their aspects; of entries one for each producer.
  std::vector<Statement> sources;
  std::string etag;
  // Of the value where it was left out of an answer (page_bounds.h): then `aspect` tells its kind alone.
  size_t omitted_bytes = 0;
};

// Deterministic over equal messages; maps are sorted.
std::string CanonicalBytes(const google::protobuf::MessageLite& message);
uint64_t ContentHash(const v1::Aspect& aspect);
// Of two statements of one producer for one time, whether the first stands: by what is shown without read_samples, so
// that values of the data decide nothing a viewer without it sees, then by all of it. A strict order over contents.
bool StandsBefore(const v1::Aspect& a, const v1::Aspect& b);

Statement StatementOf(record::AspectRow row, Timestamp held);

// nullopt where nothing remains (no statement, or every entry denied).
std::optional<MergedAspect> MergeStatements(const AspectKind& kind, std::vector<Statement> statements);

}  // namespace cadastre::catalog
