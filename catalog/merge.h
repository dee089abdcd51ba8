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
};

struct MergedAspect {
  uint32_t number = 0;
  ColumnId column;
  v1::Aspect aspect;
  // The statements that took part, highest rank first, without their aspects; of entries one for each producer.
  std::vector<Statement> sources;
  std::string etag;
};

// Deterministic over equal messages; maps are sorted.
std::string CanonicalBytes(const google::protobuf::MessageLite& message);
uint64_t ContentHash(const v1::Aspect& aspect);

Statement StatementOf(record::AspectRow row, Timestamp held);

// nullopt where nothing remains (no statement, or every entry denied).
std::optional<MergedAspect> MergeStatements(const AspectKind& kind, std::vector<Statement> statements);

}  // namespace cadastre::catalog
