#include "search/suggest.h"

#include <algorithm>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/limits.h"
#include "base/status.h"
#include "base/utf8.h"
#include "search/attempts.h"
#include "search/highlight.h"
#include "search/matcher.h"
#include "search/query_parser.h"
#include "search/ranking.h"
#include "search/reading.h"
#include "search/words.h"

namespace cadastre::search {
namespace {

constexpr size_t kCompletionsMax = 10;

class Suggester {
 public:
  Suggester(authz::GovernedView* view, const Lease* lease, const SuggestRequest* request)
      : view_(view),
        lease_(lease),
        request_(request),
        matcher_(view, lease, request->deadline),
        ranking_(Order::kRelevance, view, &lease->columns(), &matcher_.sets()) {}

  StatusOr<Suggested> Run() {
    const std::string typed = Nfc(request_->prefix);
    AddBeginnings(Squeeze(typed));
    Atom atom;
    atom.fields = kNameFields;
    for (Word& part : SplitParts(typed)) {
      if (atom.words.size() == kQueryWordsMax) break;
      atom.words.push_back({std::move(part.text), part.cjk, part.start, part.end});
    }
    Suggested suggested;
    if (!atom.words.empty()) {
      AddMatches(matcher_.MatchWords(atom, Matcher::Use::kWanted));
      suggested.completions = matcher_.Complete(atom.words.back().text, kCompletionsMax);
    }
    RETURN_IF_ERROR(matcher_.status());
    const Marker marker(matcher_.results());
    for (const AssetId id : chosen_) {
      Suggestion suggestion;
      suggestion.id = id;
      ASSIGN_OR_RETURN(suggestion.highlights,
                       HighlightsOf(*view_, matcher_, *lease_, marker, Match{id, 0, 0, kNameFields}));
      auto shown = view_->Reveal(
          authz::Sealed<Suggestion>(std::move(suggestion), authz::Subjects::Of(id), authz::Privilege::kBrowse));
      if (shown) suggested.suggestions.push_back(*std::move(shown));
    }
    RETURN_IF_ERROR(matcher_.status());
    return suggested;
  }

 private:
  bool Full() const { return chosen_.size() >= request_->limit; }

  // By (squeezed name, name), the shortest completions of what is typed first.
  void AddBeginnings(const std::string& squeezed) {
    if (squeezed.empty()) return;
    lease_->EachTerm(kWholeName + squeezed, [&](const std::string& term) {
      std::set<AssetId> living;
      lease_->ForEach(term, PostingStore::Reach::kTerm, [&](bool, std::span<const Posting> some) {
        for (const Posting& one : some) {
          if (matcher_.Opens(Field::kName, one.id)) living.insert(matcher_.sets().LivingNameOf(one.id));
        }
        return true;
      });
      MatchList found;
      for (const AssetId id : living) found.push_back({id});
      AddMatches(std::move(found));
      return !Full();
    });
  }

  void AddMatches(MatchList matches) {
    std::vector<Place> places;
    for (const Match& match : matches) places.push_back(ranking_.PlaceOf(match));
    // Those already chosen stand among them.
    const size_t size = std::min(places.size(), request_->limit + taken_.size());
    std::partial_sort(places.begin(), places.begin() + static_cast<ptrdiff_t>(size), places.end(),
                      [this](const Place& a, const Place& b) { return ranking_.Before(a, b); });
    for (size_t i = 0; i < size && !Full(); ++i) {
      if (taken_.insert(places[i].id).second) chosen_.push_back(places[i].id);
    }
  }

  authz::GovernedView* view_;
  const Lease* lease_;
  const SuggestRequest* request_;
  Matcher matcher_;
  Ranking ranking_;
  std::vector<AssetId> chosen_;
  std::set<AssetId> taken_;
};

}  // namespace

StatusOr<Suggested> Suggest(authz::GovernedView& view, Index& index, const SuggestRequest& request) {
  if (request.prefix.size() > kSuggestBytesMax) return base::InvalidField("prefix", "at most 256 bytes");
  if (!base::IsValidUtf8(request.prefix)) return base::InvalidField("prefix", "valid UTF-8");
  if (request.limit == 0 || request.limit > base::kSuggestRowsMax) return base::InvalidField("limit", "1 to 20");
  return OverNewest(index, [&](const Lease& lease) { return Suggester(&view, &lease, &request).Run(); });
}

}  // namespace cadastre::search
