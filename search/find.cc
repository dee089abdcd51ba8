#include "search/find.h"

#include <algorithm>
#include <cstdio>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/limits.h"
#include "base/status.h"
#include "base/utf8.h"
#include "search/attempts.h"
#include "search/facets.h"
#include "search/highlight.h"
#include "search/matcher.h"
#include "search/query_parser.h"
#include "search/ranking.h"
#include "search/reading.h"
#include "search/words.h"

namespace cadastre::search {
namespace {

constexpr double kThousandth = 1.0 / 1000;

// A request that was found well-formed.
struct Plan {
  const FindRequest* request;
  ParsedQuery query;
  std::vector<FacetKind> facets;
  std::vector<ValueTest> filters;
  Order order = Order::kRelevance;
  std::optional<Place> after;
};

StatusOr<Plan> MakePlan(const FindRequest& request) {
  Plan plan;
  plan.request = &request;
  if (request.page_size == 0 || request.page_size > base::kSearchRowsMax) {
    return base::InvalidField("page_size", "1 to 100");
  }
  ASSIGN_OR_RETURN(plan.query, ParseQuery(request.query));
  ASSIGN_OR_RETURN(plan.facets, ParseFacets(request.facets));
  ASSIGN_OR_RETURN(plan.filters, ParseFilters(request.filters));
  ASSIGN_OR_RETURN(plan.order, ParseOrder(request.order_by));
  if (!request.after.empty()) {
    ASSIGN_OR_RETURN(plan.after, Place::Decode(request.after));
  }
  return plan;
}

class Search {
 public:
  Search(authz::GovernedView* view, const Lease* lease, Plan* plan)
      : view_(view),
        lease_(lease),
        plan_(plan),
        matcher_(view, lease, plan->request->deadline),
        values_(view, &lease->columns(), &matcher_.sets()),
        ranking_(plan->order, view, &lease->columns(), &matcher_.sets()) {}

  StatusOr<Found> Run() {
    MatchList matches = MatchQuery();
    RETURN_IF_ERROR(matcher_.status());
    AddWholeNames(matches);
    Found found;
    found.total = static_cast<int64_t>(matches.size());
    for (const FacetKind facet : plan_->facets) found.facets.push_back(CountFacet(facet, matches, values_));
    TakePage(matches, &found);
    found.did_you_mean = DidYouMean(matches);
    RETURN_IF_ERROR(matcher_.status());
    RETURN_IF_ERROR(failed_);
    return found;
  }

 private:
  struct Candidate {
    Place place;
    const Match* match;
  };

  MatchList MatchQuery() {
    MatchList list;
    bool narrowed = false;
    const auto narrow = [&](MatchList next) {
      list = narrowed ? Intersect(list, next) : std::move(next);
      narrowed = true;
    };
    // Words first: tests of labels look at every asset that is left.
    for (const Clause& clause : plan_->query.clauses) {
      if (!clause.negated && HasWords(clause)) narrow(MatchClause(clause, Matcher::Use::kWanted));
    }
    if (!narrowed) list = matcher_.MatchAll();
    for (const Clause& clause : plan_->query.clauses) {
      if (HasWords(clause)) {
        if (clause.negated) list = Without(list, MatchClause(clause, Matcher::Use::kUnwanted));
        continue;
      }
      KeepLabelled(clause, &list);
    }
    for (ValueTest& filter : plan_->filters) {
      std::erase_if(list, [&](const Match& match) { return !filter.Passes(values_, match.id); });
    }
    return list;
  }

  static bool HasWords(const Clause& clause) {
    return std::any_of(clause.any.begin(), clause.any.end(),
                       [](const Atom& atom) { return atom.kind != Atom::Kind::kLabel; });
  }

  MatchList MatchClause(const Clause& clause, Matcher::Use use) {
    MatchList either;
    for (const Atom& atom : clause.any) {
      MatchList one;
      if (atom.kind == Atom::Kind::kLabel) {
        one = matcher_.MatchAll();
        ValueTest test = ValueTest::Of(atom.facet, atom.value);
        std::erase_if(one, [&](const Match& match) { return !test.Passes(values_, match.id); });
      } else {
        one = matcher_.MatchWords(atom, use);
        if (atom.kind == Atom::Kind::kPhrase) KeepPhrase(atom, &one);
      }
      either = either.empty() ? std::move(one) : Unite(either, one);
    }
    return either;
  }

  // Of a clause without words.
  void KeepLabelled(const Clause& clause, MatchList* list) {
    std::vector<ValueTest> tests;
    for (const Atom& atom : clause.any) tests.push_back(ValueTest::Of(atom.facet, atom.value));
    std::erase_if(*list, [&](const Match& match) {
      const bool passes =
          std::any_of(tests.begin(), tests.end(), [&](ValueTest& test) { return test.Passes(values_, match.id); });
      return passes == clause.negated;
    });
  }

  // No positions are indexed: names and titles are short, and only those with all the words are looked at.
  void KeepPhrase(const Atom& phrase, MatchList* list) {
    std::string squeezed;
    bool cjk = false;
    for (const QueryWord& word : phrase.words) {
      squeezed += word.text;
      cjk = cjk || word.cjk;
    }
    const auto holds = [&](std::string_view text) {
      if (cjk) return Squeeze(text).find(squeezed) != std::string::npos;
      const std::vector<Word> parts = SplitParts(Nfc(text));
      return std::search(parts.begin(), parts.end(), phrase.words.begin(), phrase.words.end(),
                         [](const Word& part, const QueryWord& word) { return part.text == word.text; }) != parts.end();
    };
    const auto stands_in = [&](AssetId id) {
      const std::optional<AssetName> name = view_->NameOf(id);
      if (name && holds(name->name)) return true;
      if (!matcher_.Opens(Field::kTitle, id) || !lease_->columns().Of(id).indexed) return false;
      const StatusOr<StoredText> text = lease_->TextOf(id);
      failed_.Update(text.status());
      return text.ok() && holds(text->title());
    };
    std::erase_if(*list, [&](const Match& match) {
      const std::vector<AssetId>& names = matcher_.sets().Of(match.id);
      return std::none_of(names.begin(), names.end(), stands_in);
    });
  }

  // An exact name beats one that begins with the first word, which beats any number of parts.
  void AddWholeNames(MatchList& matches) {
    if (plan_->order != Order::kRelevance || matches.empty()) return;
    double rarity = 0;
    for (const WordResult& result : matcher_.results()) rarity += result.rarity;
    whole_ = matcher_.MatchWhole(plan_->query.whole, plan_->query.first);
    auto whole = whole_.begin();
    for (Match& match : matches) {
      while (whole != whole_.end() && whole->first < match.id) ++whole;
      if (whole == whole_.end()) break;
      if (whole->first == match.id) match.score += whole->second * kThousandth * rarity;
    }
  }

  void TakePage(const MatchList& matches, Found* found) {
    size_t left_over = 0;
    const std::vector<Candidate> page = BestOf(matches, &left_over);
    const Marker marker(matcher_.results());
    const Place* last = nullptr;
    for (const Candidate& candidate : page) {
      authz::NotesHeld notes(&view_->shown());
      StatusOr<std::optional<authz::Visible<Hit>>> hit = HitOf(*candidate.match, marker);
      if (!hit.ok()) return failed_.Update(hit.status());
      if (*hit && plan_->request->fits && !plan_->request->fits(found->hits.size(), **hit)) {
        left_over = 1;
        break;
      }
      notes.Keep();
      last = &candidate.place;
      if (*hit) found->hits.push_back(**std::move(hit));
    }
    if (left_over == 0 || last == nullptr) return;
    ranking_.FillName(*last);
    found->next = last->Encode();
  }

  // nullopt where the view does not reveal it.
  StatusOr<std::optional<authz::Visible<Hit>>> HitOf(const Match& match, const Marker& marker) {
    Hit hit;
    hit.id = match.id;
    hit.score = match.score;
    ASSIGN_OR_RETURN(hit.highlights, HighlightsOf(*view_, matcher_, *lease_, marker, match));
    if (plan_->request->explain) hit.explanation = Explain(match);
    return view_->Reveal(authz::Sealed<Hit>(std::move(hit), authz::Subjects::Of(match.id), authz::Privilege::kBrowse));
  }

  // The page in order. Most matches are refused by their score, without finding their place.
  std::vector<Candidate> BestOf(const MatchList& matches, size_t* left_over) {
    const auto before = [this](const Candidate& a, const Candidate& b) { return ranking_.Before(a.place, b.place); };
    const size_t size = plan_->request->page_size;
    // A heap with the last of them on top.
    std::vector<Candidate> best;
    for (const Match& match : matches) {
      const bool full = best.size() == size;
      if (full && plan_->order == Order::kRelevance && match.score < best.front().place.score) {
        ++*left_over;
        continue;
      }
      Candidate candidate{ranking_.PlaceOf(match), &match};
      if (plan_->after && !ranking_.Before(*plan_->after, candidate.place)) continue;
      if (full) {
        ++*left_over;
        if (!before(candidate, best.front())) continue;
        std::pop_heap(best.begin(), best.end(), before);
        best.back() = std::move(candidate);
      } else {
        best.push_back(std::move(candidate));
      }
      std::push_heap(best.begin(), best.end(), before);
    }
    std::sort_heap(best.begin(), best.end(), before);
    return best;
  }

  std::string Explain(const Match& match) const {
    std::string text;
    const auto number = [](double value) {
      char digits[32];
      std::snprintf(digits, sizeof(digits), "%.3f", value);
      return std::string(digits);
    };
    for (const WordResult& result : matcher_.results()) {
      const auto at = std::lower_bound(result.matches.begin(), result.matches.end(), match.id,
                                       [](const Match& one, AssetId id) { return one.id < id; });
      if (at == result.matches.end() || at->id != match.id) continue;
      std::string fields;
      for (const FieldRule& rule : kFields) {
        if (!(at->fields & BitOf(rule.field))) continue;
        if (fields.find(rule.word) == std::string::npos)
          fields += (fields.empty() ? "" : ", ") + std::string(rule.word);
      }
      text += base::Cat(text.empty() ? "" : "; ", result.word.text, " in ", fields, ": worth ",
                        number(at->worth * kThousandth), " x rarity ", number(result.rarity));
    }
    const auto whole = std::lower_bound(whole_.begin(), whole_.end(), match.id,
                                        [](const auto& one, AssetId id) { return one.first < id; });
    if (whole != whole_.end() && whole->first == match.id) {
      text += base::Cat(text.empty() ? "" : "; ", whole->second == kWholeNameWorth ? "whole name" : "name begins so",
                        ": worth ", number(whole->second * kThousandth), " x rarity of all words");
    }
    return text.empty() ? "matches without words: in order of standing and name" : text;
  }

  // The query with the nearest visible spelling of each word that has no match itself.
  std::string DidYouMean(const MatchList& matches) const {
    if (matches.empty()) return {};
    std::map<size_t, std::pair<size_t, std::string>> replaced;  // code points: start -> end, word
    for (const WordResult& result : matcher_.results()) {
      if (!result.corrections.empty()) replaced[result.word.start] = {result.word.end, result.corrections.front()};
    }
    if (replaced.empty()) return {};
    std::string text;
    size_t point = 0;
    size_t skip_until = 0;
    for (const char c : plan_->query.text) {
      const bool begins = (static_cast<unsigned char>(c) & 0xC0) != 0x80;
      if (begins) {
        if (const auto at = replaced.find(point); at != replaced.end()) {
          text += at->second.second;
          skip_until = at->second.first;
        }
        ++point;
      }
      if (point > skip_until) text += c;
    }
    return text;
  }

  authz::GovernedView* view_;
  const Lease* lease_;
  Plan* plan_;
  Matcher matcher_;
  FacetValues values_;
  Ranking ranking_;
  std::vector<std::pair<AssetId, uint32_t>> whole_;
  // Of reading texts.
  Status failed_;
};

}  // namespace

StatusOr<Found> Find(authz::GovernedView& view, Index& index, const FindRequest& request) {
  ASSIGN_OR_RETURN(Plan plan, MakePlan(request));
  if (request.include_deleted) view.ShowDeleted();
  return OverNewest(index, [&](const Lease& lease) { return Search(&view, &lease, &plan).Run(); });
}

}  // namespace cadastre::search
