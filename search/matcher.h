// Matcher: from words to scored assets, of what one viewer may see.
//
// Made for one request over a view and a lease; thread rule: confined.
// A word of a field matches only where the viewer holds the privilege that opens the field (and the classes of a
// classified column), tested at each posting; frequencies, and so scores, count those matches alone. Worth is added in
// whole numbers and words in the order of the query, so that a score has the same bits whatever else the index holds.
// Names that the view sees as one asset are one match, under the living name, in which all their words count.
// Errors: DEADLINE_EXCEEDED in status(), with those of the lease.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "authz/view/merged_sets.h"
#include "authz/view/view.h"
#include "search/field.h"
#include "search/query_parser.h"
#include "search/reading.h"

namespace cadastre::search {

// One asset that matches, by its living name, and where. Lists are sorted by id, each id once.
struct Match {
  AssetId id;
  uint32_t worth = 0;  // thousandths, of one word
  double score = 0;    // worth times rarity, over all words so far
  FieldSet fields = 0;
};
using MatchList = std::vector<Match>;

// What one word of the query found; kept for explanations and highlights.
struct WordResult {
  QueryWord word;
  double rarity = 0;
  MatchList matches;
  // Other spellings that were taken instead, nearest first; empty where the word itself has matches.
  std::vector<std::string> corrections;
};

// What worth a match of a name's beginning, and of a whole name, has above that of words.
inline constexpr uint32_t kWholeNameWorth = 12'000;
inline constexpr uint32_t kNameBeginsWorth = 6'000;

class Matcher {
 public:
  Matcher(const authz::GovernedView* view, const Lease* lease,
          std::optional<std::chrono::steady_clock::time_point> deadline);

  enum class Use { kWanted, kUnwanted };
  // Assets in which all words of the atom match; phrases are not yet checked for order. Wanted words are kept in
  // results(), and typing mistakes in them forgiven.
  MatchList MatchWords(const Atom& atom, Use use);
  // Assets whose whole name or title, squeezed, is `whole`, or begins with the word `first`.
  // Sorted by id, each once; `second` is the worth.
  std::vector<std::pair<AssetId, uint32_t>> MatchWhole(const std::string& whole, const std::string& first);
  // Visible assets, ascending, that the index holds.
  MatchList MatchAll() const;
  // The names that stand for one asset.
  authz::MergedSets& sets() const { return sets_; }

  // Does the word stand in a field of this asset that the viewer may read? Counts nothing.
  bool Opens(Field field, AssetId id) const;
  // Words that begin so and have a visible match in a name or title, in order; at most `max`.
  std::vector<std::string> Complete(std::string_view prefix, size_t max);

  const std::vector<WordResult>& results() const { return results_; }
  uint64_t visible() const { return visible_; }
  // OK while nothing failed and there is time.
  Status status() const;

 private:
  struct Raw {
    uint64_t key;  // id and field, so that sorting brings together what belongs together
    uint32_t worth;
  };
  // A set of classes as the view's words number them.
  struct KnownClasses {
    uint64_t number;
    std::vector<uint32_t> words;
  };
  struct Sought {
    std::string word;
    bool cjk;
    uint32_t share;  // of a field's weight, in sixths
  };
  struct Correction {
    std::string text;
    size_t distance;
    uint64_t frequency;
  };

  WordResult MatchWord(const QueryWord& word, FieldSet fields, bool forgive);
  void Gather(const Sought& sought, FieldSet fields, std::vector<Raw>* raws);
  // Every term of the field that holds the word: itself, longer ones, its grams.
  void GatherField(const FieldRule& rule, const std::string& prefix, const KnownClasses* classes, const Sought& sought,
                   std::vector<Raw>* raws);
  void GatherGrams(const FieldRule& rule, const std::string& prefix, const KnownClasses* classes, const Sought& sought,
                   std::vector<Raw>* raws);
  void GatherGlossary(const Sought& sought, std::vector<Raw>* raws);
  // A field as one viewer has it: how it opens, and the share of its weight that a term has.
  struct Opening {
    const FieldRule* rule;
    const KnownClasses* classes;
    uint32_t share;
  };
  void AddTerm(const std::string& term, PostingStore::Reach reach, const Opening& opening, std::vector<Raw>* raws);
  bool Opens(const FieldRule& rule, const KnownClasses* classes, AssetId id) const;
  std::vector<Correction> Correct(const QueryWord& word, FieldSet fields);
  // Postings come ascending by term and part: such runs are merged.
  static std::vector<Raw> InOrder(std::vector<Raw> raws);
  static MatchList Reduce(std::vector<Raw> raws);
  double RarityOf(size_t frequency) const;
  // Counts what is done next.
  bool Expired(size_t steps = 1);

  const authz::GovernedView* view_;
  const Lease* lease_;
  mutable authz::MergedSets sets_;
  const std::optional<std::chrono::steady_clock::time_point> deadline_;
  std::array<const authz::AssetBitmap*, kFieldCount> opens_;
  std::vector<KnownClasses> classes_;
  uint64_t visible_;
  std::vector<WordResult> results_;
  uint64_t steps_ = 0;
  bool expired_ = false;
};

// Both sorted by id. Scores of both are added, fields joined.
MatchList Intersect(const MatchList& a, const MatchList& b);
// The better score where both have an asset.
MatchList Unite(const MatchList& a, const MatchList& b);
MatchList Without(const MatchList& a, const MatchList& b);

}  // namespace cadastre::search
