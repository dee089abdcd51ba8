#include "catalog/merge.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <xxhash.h>

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "authz/view/statistics_mask.h"
#include "base/status.h"
#include "catalog/assertion_lists.h"
#include "catalog/entries.h"

namespace cadastre::catalog {
namespace {

uint32_t RankOf(const Statement& statement) { return statement.claim ? 0 : statement.producer.rank(); }

bool Outranks(const Statement& a, const Statement& b) {
  if (RankOf(a) != RankOf(b)) return RankOf(a) > RankOf(b);
  if (a.held != b.held) return a.held > b.held;
  // Not by the producers' numbers, which tell in which order this server met them, and before the content, parts of
  // which are hidden.
  const auto names = [](const Statement& s) { return std::tie(s.producer.principal(), s.producer.tool()); };
  if (names(a) != names(b)) return names(a) < names(b);
  return a.hash > b.hash;
}

struct Decided {
  uint32_t rank;
  bool denied;
};

// Statements come sorted by rank, then the newest first, so the first word on an entry is the last: but a class, which
// masks, is not lifted by a denial of the same rank.
template <typename Get>
bool Unite(const std::vector<Statement>& statements, v1::Aspect& out, Get get) {
  auto* united = ListOf(get(out));
  std::map<std::string, Decided> decided;
  for (const Statement& statement : statements) {
    v1::Aspect copy = statement.aspect;
    for (auto& entry : *ListOf(get(copy))) {
      const auto [known, fresh] = decided.emplace(EntryKey(entry), Decided{RankOf(statement), entry.denied()});
      const bool stands = out.has_classifications() && known->second.denied && !entry.denied() &&
                          known->second.rank == RankOf(statement);
      if (!fresh && !stands) continue;
      known->second.denied = entry.denied();
      if (!entry.denied()) *united->Add() = std::move(entry);
    }
  }
  return !united->empty();
}

bool UniteAny(const AspectKind& kind, const std::vector<Statement>& statements, v1::Aspect& out) {
  switch (kind.number) {
    case v1::Aspect::kOwnership: return Unite(statements, out, [](v1::Aspect& a) { return a.mutable_ownership(); });
    case v1::Aspect::kTags: return Unite(statements, out, [](v1::Aspect& a) { return a.mutable_tags(); });
    case v1::Aspect::kGlossaryTerms:
      return Unite(statements, out, [](v1::Aspect& a) { return a.mutable_glossary_terms(); });
    case v1::Aspect::kClassifications:
      return Unite(statements, out, [](v1::Aspect& a) { return a.mutable_classifications(); });
    default: return false;
  }
}

// By column and assertion, as people look for them.
bool ShownBefore(const v1::QualityResults::Result& a, const v1::QualityResults::Result& b) {
  const auto order = std::tie(a.column(), a.assertion(), a.name());
  const auto other = std::tie(b.column(), b.assertion(), b.name());
  return order != other ? order < other : CanonicalBytes(a) < CanonicalBytes(b);
}

bool SameProducer(const record::Producer& a, const record::Producer& b) {
  return a.principal() == b.principal() && a.tool() == b.tool();
}

// Of each entry the statement that stands; statements come sorted.
bool TakeEach(const std::vector<Statement>& statements, v1::Aspect& out) {
  auto* results = out.mutable_quality_results()->mutable_results();
  // By whom each is told. One producer's on one asset are never equal as they were stated: where they look so, a mask
  // took away what parts them.
  std::map<uint64_t, const Statement*> told;
  for (const Statement& statement : statements) {
    for (const v1::QualityResults::Result& result : statement.aspect.quality_results().results()) {
      const auto [first, fresh] = told.emplace(EntryIdentity(result), &statement);
      const bool parted =
          first->second->asset == statement.asset && SameProducer(first->second->producer, statement.producer);
      if (fresh || parted) *results->Add() = result;
    }
  }
  std::sort(results->begin(), results->end(), ShownBefore);
  return !results->empty();
}

bool SameSource(const Statement& a, const Statement& b) {
  return a.claim == b.claim && a.producer.principal() == b.producer.principal() &&
         a.producer.tool() == b.producer.tool() && a.producer.rank() == b.producer.rank();
}

}  // namespace

std::string CanonicalBytes(const google::protobuf::MessageLite& message) {
  std::string out;
  {
    google::protobuf::io::StringOutputStream stream(&out);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    message.SerializePartialToCodedStream(&coded);
  }
  return out;
}

uint64_t ContentHash(const v1::Aspect& aspect) {
  const std::string bytes = CanonicalBytes(aspect);
  return XXH3_64bits(bytes.data(), bytes.size());
}

bool StandsBefore(const v1::Aspect& a, const v1::Aspect& b) {
  v1::Aspect shown_a = a;
  v1::Aspect shown_b = b;
  authz::MaskSamples(shown_a);
  authz::MaskSamples(shown_b);
  return std::pair(ContentHash(shown_a), ContentHash(a)) > std::pair(ContentHash(shown_b), ContentHash(b));
}

Statement StatementOf(record::AspectRow row, Timestamp held) {
  const uint64_t hash = ContentHash(row.aspect());
  return {std::move(*row.mutable_aspect()),
          std::move(*row.mutable_producer()),
          held,
          Timestamp(row.written()),
          row.claim(),
          hash};
}

std::optional<MergedAspect> MergeStatements(const AspectKind& kind, std::vector<Statement> statements) {
  if (statements.empty()) return std::nullopt;
  std::sort(statements.begin(), statements.end(), Outranks);
  MergedAspect merged;
  merged.number = kind.number;
  uint64_t hash = statements.front().hash;
  switch (kind.merge) {
    case Merge::kScalar: merged.aspect.Swap(&statements.front().aspect); break;
    case Merge::kUnion:
      if (!UniteAny(kind, statements, merged.aspect)) return std::nullopt;
      hash = ContentHash(merged.aspect);
      break;
    case Merge::kEach:
      if (!TakeEach(statements, merged.aspect)) return std::nullopt;
      hash = ContentHash(merged.aspect);
      break;
  }
  merged.etag = base::Cat(absl::Hex(hash, absl::kZeroPad16));
  for (Statement& statement : statements) {
    // Of a producer's many entries the one that took part first.
    const auto same = [&](const Statement& source) { return SameSource(source, statement); };
    if (kind.merge == Merge::kEach && std::any_of(merged.sources.begin(), merged.sources.end(), same)) continue;
    statement.aspect.Clear();
    merged.sources.push_back(std::move(statement));
  }
  return merged;
}

}  // namespace cadastre::catalog
