#include "catalog/merge.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <xxhash.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "base/status.h"
#include "catalog/entries.h"

namespace cadastre::catalog {
namespace {

uint32_t RankOf(const Statement& statement) { return statement.claim ? 0 : statement.producer.rank(); }

bool Outranks(const Statement& a, const Statement& b) {
  if (RankOf(a) != RankOf(b)) return RankOf(a) > RankOf(b);
  if (a.held != b.held) return a.held > b.held;
  if (a.hash != b.hash) return a.hash > b.hash;
  // Not by the producers' numbers, which tell in which order this server met them.
  return std::tie(a.producer.principal(), a.producer.tool()) < std::tie(b.producer.principal(), b.producer.tool());
}

// The list a union aspect carries, by kind.
auto* ListOf(v1::Ownership* value) { return value->mutable_owners(); }
auto* ListOf(v1::Tags* value) { return value->mutable_tags(); }
auto* ListOf(v1::GlossaryTerms* value) { return value->mutable_terms(); }
auto* ListOf(v1::Classifications* value) { return value->mutable_classifications(); }

// One entry without its assertion: what two producers must agree on to speak of the same thing.
template <typename Entry>
std::string EntryKey(Entry entry) {
  entry.clear_denied();
  if constexpr (requires { entry.clear_source(); }) entry.clear_source();
  return CanonicalBytes(entry);
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

// Of each entry the statement that stands; statements come sorted.
bool TakeEach(const std::vector<Statement>& statements, v1::Aspect& out) {
  auto* results = out.mutable_quality_results()->mutable_results();
  std::set<uint64_t> seen;
  for (const Statement& statement : statements) {
    for (const v1::QualityResults::Result& result : statement.aspect.quality_results().results()) {
      if (seen.insert(EntryIdentity(result)).second) *results->Add() = result;
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
