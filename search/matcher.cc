#include "search/matcher.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <map>
#include <set>
#include <span>
#include <utility>

#include "base/status.h"
#include "search/words.h"

namespace cadastre::search {
namespace {

// Shares of a field's weight, in sixths: the word itself, a longer word, its grams, another spelling.
constexpr uint32_t kFull = 6;
constexpr uint32_t kLonger = 4;
constexpr uint32_t kGrams = 3;
constexpr uint32_t kCorrected = 2;
// How many spellings may stand in for one, and how long a word must be for one or two edits.
constexpr size_t kCorrectionsMax = 3;
constexpr size_t kOneEditLength = 4;
constexpr size_t kTwoEditsLength = 8;
// Shorter words only match as they are.
constexpr size_t kPrefixLength = 2;
constexpr FieldSet kPrefixFields = BitOf(Field::kName) | BitOf(Field::kTitle) | BitOf(Field::kColumn);
// Names come with one worth, however often a word stands in them. So do columns: they stand apart by their classes, and
// a class that comes from a merged name nobody shows the viewer must not be told by the score.
constexpr FieldSet kCountless =
    BitOf(Field::kName) | BitOf(Field::kTerm) | BitOf(Field::kColumn) | BitOf(Field::kColumnText);
constexpr uint64_t kLookAtClockEvery = 4'096;

uint32_t WorthOf(const FieldRule& rule, uint32_t count) {
  if (kCountless & BitOf(rule.field)) return rule.weight;
  return rule.weight * 2 * count / (count + 1);
}

}  // namespace

Matcher::Matcher(const authz::GovernedView* view, const Lease* lease,
                 std::optional<std::chrono::steady_clock::time_point> deadline)
    : view_(view), lease_(lease), sets_(view), deadline_(deadline) {
  for (const FieldRule& rule : kFields) opens_[static_cast<size_t>(rule.field)] = &view->BitmapOf(rule.privilege);
  visible_ = view->BitmapOf(authz::Privilege::kBrowse).Count();
  for (const auto& [number, set] : lease->columns().class_sets()) {
    KnownClasses known{number, {}};
    for (const std::string& word : set) known.words.push_back(view->NumberOf(word));
    std::sort(known.words.begin(), known.words.end());
    classes_.push_back(std::move(known));
  }
}

Status Matcher::status() const {
  if (expired_) return base::DeadlineExceeded("the search took longer than its deadline");
  RETURN_IF_ERROR(view_->status());
  return lease_->status();
}

bool Matcher::Expired(size_t steps) {
  steps_ += steps;
  if (!expired_ && deadline_ && steps_ >= kLookAtClockEvery) {
    steps_ = 0;
    expired_ = std::chrono::steady_clock::now() > *deadline_;
  }
  return expired_;
}

bool Matcher::Opens(Field field, AssetId id) const { return Opens(RuleOf(field), nullptr, id); }

bool Matcher::Opens(const FieldRule& rule, const KnownClasses* classes, AssetId id) const {
  if (!opens_[static_cast<size_t>(rule.field)]->Has(id)) return false;
  if (rule.field == Field::kCode) return view_->SeesAllColumns(id);
  return classes == nullptr || view_->AllowsClasses(id, classes->words);
}

void Matcher::AddTerm(const std::string& term, PostingStore::Reach reach, const Opening& opening,
                      std::vector<Raw>* raws) {
  if (expired_) return;
  const FieldRule& rule = *opening.rule;
  const authz::AssetBitmap& opens = *opens_[static_cast<size_t>(rule.field)];
  const bool by_bitmap = opening.classes == nullptr && rule.field != Field::kCode;
  lease_->ForEach(term, reach, [&](bool own, std::span<const Posting> some) {
    if (Expired(some.size())) return false;
    const uint32_t share = own ? opening.share : kLonger;
    uint32_t count = 0;
    uint32_t worth = 0;
    for (const Posting& one : some) {
      if (!(by_bitmap ? opens.Has(one.id) : Opens(rule, opening.classes, one.id))) continue;
      if (one.count != count) {
        count = one.count;
        worth = WorthOf(rule, count) * share / kFull;
      }
      raws->push_back({(sets_.LivingNameOf(one.id).value() << 8) | static_cast<uint64_t>(rule.field), worth});
    }
    return true;
  });
}

void Matcher::GatherGrams(const FieldRule& rule, const std::string& prefix, const KnownClasses* classes,
                          const Sought& sought, std::vector<Raw>* raws) {
  std::vector<Raw> all;
  bool first = true;
  for (const std::string& gram : GramsOf(BareKorean(sought.word))) {
    std::vector<Raw> found;
    AddTerm(prefix + kGramMark + gram, PostingStore::Reach::kTerm, {&rule, classes, sought.share * kGrams / kFull},
            &found);
    std::sort(found.begin(), found.end(), [](const Raw& a, const Raw& b) { return a.key < b.key; });
    if (first) {
      all = std::move(found);
    } else {
      std::vector<Raw> both;
      std::set_intersection(all.begin(), all.end(), found.begin(), found.end(), std::back_inserter(both),
                            [](const Raw& a, const Raw& b) { return a.key < b.key; });
      all = std::move(both);
    }
    first = false;
    if (all.empty()) return;
  }
  raws->insert(raws->end(), all.begin(), all.end());
}

void Matcher::GatherField(const FieldRule& rule, const std::string& prefix, const KnownClasses* classes,
                          const Sought& sought, std::vector<Raw>* raws) {
  const size_t before = raws->size();
  const std::string term = prefix + kWordMark + sought.word;
  const std::string joined = prefix + kJoinedMark + sought.word;
  const Opening opening{&rule, classes, sought.share};
  const bool longer =
      (kPrefixFields & BitOf(rule.field)) && sought.share == kFull && CodePoints(sought.word) >= kPrefixLength;
  AddTerm(term, longer ? PostingStore::Reach::kLongerToo : PostingStore::Reach::kTerm, opening, raws);
  AddTerm(joined, PostingStore::Reach::kTerm, opening, raws);
  // Joined parts begin with their first, so they add assets only where the word reaches into the second.
  if (longer && raws->size() == before) AddTerm(joined, PostingStore::Reach::kLongerToo, opening, raws);
  if (sought.cjk) GatherGrams(rule, prefix, classes, sought, raws);
}

void Matcher::GatherGlossary(const Sought& sought, std::vector<Raw>* raws) {
  std::vector<Raw> names;
  GatherField(RuleOf(Field::kName), std::string(1, RuleOf(Field::kName).letter), nullptr, sought, &names);
  std::set<AssetId> terms;
  for (const Raw& raw : names) {
    // Documents name a term as it was called then.
    for (const AssetId id : sets_.Of(AssetId(raw.key >> 8))) {
      const authz::AssetLabels* labels = view_->LabelsOf(id);
      if (labels != nullptr && labels->kind == AssetKind::kGlossaryTerm) terms.insert(id);
    }
  }
  for (const AssetId term : terms) {
    AddTerm(GlossaryTerm(term), PostingStore::Reach::kTerm, {&RuleOf(Field::kTerm), nullptr, sought.share}, raws);
  }
}

void Matcher::Gather(const Sought& sought, FieldSet fields, std::vector<Raw>* raws) {
  for (const FieldRule& rule : kFields) {
    if (!(fields & BitOf(rule.field))) continue;
    if (rule.field == Field::kTerm) {
      GatherGlossary(sought, raws);
      continue;
    }
    GatherField(rule, std::string(1, rule.letter), nullptr, sought, raws);
    if (rule.classified == 0) continue;
    for (const KnownClasses& classes : classes_) {
      GatherField(rule, ClassifiedPrefix(rule.field, classes.number), &classes, sought, raws);
    }
  }
}

std::vector<Matcher::Raw> Matcher::InOrder(std::vector<Raw> raws) {
  const auto before = [](const Raw& a, const Raw& b) { return a.key < b.key; };
  std::vector<size_t> runs = {0};
  for (size_t i = 1; i < raws.size(); ++i) {
    if (raws[i].key < raws[i - 1].key) runs.push_back(i);
  }
  runs.push_back(raws.size());
  std::vector<Raw> merged;
  while (runs.size() > 2) {
    merged.resize(raws.size());
    std::vector<size_t> fewer = {0};
    const auto at = [](std::vector<Raw>& list, size_t i) { return list.begin() + static_cast<ptrdiff_t>(i); };
    for (size_t i = 0; i + 1 < runs.size(); i += 2) {
      const size_t middle = runs[i + 1];
      const size_t end = i + 2 < runs.size() ? runs[i + 2] : middle;
      std::merge(at(raws, runs[i]), at(raws, middle), at(raws, middle), at(raws, end), at(merged, runs[i]), before);
      fewer.push_back(end);
    }
    raws.swap(merged);
    runs.swap(fewer);
  }
  return raws;
}

MatchList Matcher::Reduce(std::vector<Raw> raws) {
  raws = InOrder(std::move(raws));
  MatchList list;
  for (size_t i = 0; i < raws.size();) {
    const uint64_t key = raws[i].key;
    // Of a field the best term counts, so that it does not matter how many others there are.
    uint32_t best = 0;
    for (; i < raws.size() && raws[i].key == key; ++i) best = std::max(best, raws[i].worth);
    const AssetId id(key >> 8);
    if (list.empty() || list.back().id != id) list.push_back({id});
    list.back().worth += best;
    list.back().fields |= BitOf(static_cast<Field>(key & 0xFF));
  }
  return list;
}

double Matcher::RarityOf(size_t frequency) const {
  const double n = static_cast<double>(frequency);
  return std::log(1.0 + (static_cast<double>(visible_) + 0.5) / (n + 0.5));
}

std::vector<Matcher::Correction> Matcher::Correct(const QueryWord& word, FieldSet fields) {
  const size_t length = CodePoints(word.text);
  if (word.cjk || length < kOneEditLength) return {};
  const size_t edits = length >= kTwoEditsLength ? 2 : 1;
  const NearWord near(word.text, edits);
  std::map<std::string, Correction> found;
  for (const FieldRule& rule : kFields) {
    if (!(fields & BitOf(rule.field)) || rule.field == Field::kTerm || rule.field == Field::kCode) continue;
    const std::string prefix = {rule.letter, kWordMark};
    std::set<std::string> texts;
    lease_->EachNear(
        prefix, near, [&] { return Expired(); }, [&](std::string_view text) { texts.emplace(text); });
    for (const std::string& text : texts) {
      uint64_t frequency = 0;
      lease_->ForEach(prefix + text, PostingStore::Reach::kTerm, [&](bool, std::span<const Posting> some) {
        for (const Posting& one : some) frequency += Opens(rule, nullptr, one.id) ? 1 : 0;
        return !Expired(some.size());
      });
      if (frequency == 0) continue;
      Correction& correction = found[text];
      correction.text = text;
      correction.distance = EditDistance(word.text, text, edits);
      correction.frequency += frequency;
    }
  }
  std::vector<Correction> corrections;
  for (auto& [text, correction] : found) corrections.push_back(std::move(correction));
  std::stable_sort(corrections.begin(), corrections.end(), [](const Correction& a, const Correction& b) {
    return a.distance != b.distance ? a.distance < b.distance : a.frequency > b.frequency;
  });
  if (corrections.size() > kCorrectionsMax) corrections.resize(kCorrectionsMax);
  return corrections;
}

WordResult Matcher::MatchWord(const QueryWord& word, FieldSet fields, bool forgive) {
  WordResult result;
  result.word = word;
  std::vector<Raw> raws;
  Gather({word.text, word.cjk, kFull}, fields, &raws);
  if (raws.empty() && forgive) {
    for (const Correction& correction : Correct(word, fields)) {
      result.corrections.push_back(correction.text);
      Gather({correction.text, false, kCorrected}, fields, &raws);
    }
  }
  result.matches = Reduce(std::move(raws));
  result.rarity = RarityOf(result.matches.size());
  for (Match& match : result.matches) match.score = match.worth * result.rarity / 1000.0;
  return result;
}

MatchList Matcher::MatchWords(const Atom& atom, Use use) {
  MatchList list;
  for (size_t i = 0; i < atom.words.size(); ++i) {
    WordResult result = MatchWord(atom.words[i], atom.fields, use == Use::kWanted && atom.kind == Atom::Kind::kWords);
    list = i == 0 ? result.matches : Intersect(list, result.matches);
    if (use == Use::kWanted) results_.push_back(std::move(result));
  }
  return list;
}

std::vector<std::pair<AssetId, uint32_t>> Matcher::MatchWhole(const std::string& whole, const std::string& first) {
  std::vector<std::pair<AssetId, uint32_t>> found;
  if (whole.empty()) return found;
  const auto add = [&](const std::string& term, PostingStore::Reach reach, Field field, uint32_t worth) {
    lease_->ForEach(term, reach, [&](bool, std::span<const Posting> some) {
      for (const Posting& one : some) {
        if (Opens(field, one.id)) found.emplace_back(sets_.LivingNameOf(one.id), worth);
      }
      return !Expired(some.size());
    });
  };
  for (const Field field : {Field::kName, Field::kTitle}) {
    add(TermPrefix(field) + kFirstMark + first, PostingStore::Reach::kLongerToo, field, kNameBeginsWorth);
  }
  add(kWholeName + whole, PostingStore::Reach::kTerm, Field::kName, kWholeNameWorth);
  add(kWholeTitle + whole, PostingStore::Reach::kTerm, Field::kTitle, kWholeNameWorth);
  // Of an asset the greater worth stays.
  std::sort(found.begin(), found.end(),
            [](const auto& a, const auto& b) { return a.first != b.first ? a.first < b.first : a.second > b.second; });
  found.erase(std::unique(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.first == b.first; }),
              found.end());
  return found;
}

MatchList Matcher::MatchAll() const {
  MatchList list;
  const auto& chunks = view_->BitmapOf(authz::Privilege::kBrowse).chunks();
  for (size_t i = 0; i < chunks.size(); ++i) {
    if (chunks[i] == nullptr) continue;
    for (size_t word = 0; word < chunks[i]->size(); ++word) {
      for (uint64_t bits = (*chunks[i])[word]; bits != 0; bits &= bits - 1) {
        const AssetId id(i * authz::AssetBitmap::kChunkBits + word * 64 +
                         static_cast<uint64_t>(std::countr_zero(bits)));
        if (lease_->columns().Of(id).indexed && sets_.LivingNameOf(id) == id) list.push_back({id});
      }
    }
  }
  return list;
}

std::vector<std::string> Matcher::Complete(std::string_view prefix, size_t max) {
  std::set<std::string> words;
  for (const Field field : {Field::kName, Field::kTitle}) {
    const std::string open = TermPrefix(field) + kWordMark;
    size_t found = 0;
    lease_->EachTerm(open + std::string(prefix), [&](const std::string& term) {
      bool visible = false;
      lease_->ForEach(term, PostingStore::Reach::kTerm, [&](bool, std::span<const Posting> some) {
        visible = std::any_of(some.begin(), some.end(), [&](const Posting& one) { return Opens(field, one.id); });
        return !visible;
      });
      std::string word = term.substr(open.size());
      if (visible && word != prefix) {
        words.insert(std::move(word));
        ++found;
      }
      return found < max && !Expired();
    });
  }
  std::vector<std::string> completions(words.begin(), words.end());
  if (completions.size() > max) completions.resize(max);
  return completions;
}

MatchList Intersect(const MatchList& a, const MatchList& b) {
  MatchList both;
  for (size_t i = 0, j = 0; i < a.size() && j < b.size();) {
    if (a[i].id < b[j].id) {
      ++i;
    } else if (b[j].id < a[i].id) {
      ++j;
    } else {
      both.push_back({a[i].id, 0, a[i].score + b[j].score, static_cast<FieldSet>(a[i].fields | b[j].fields)});
      ++i;
      ++j;
    }
  }
  return both;
}

MatchList Unite(const MatchList& a, const MatchList& b) {
  MatchList either;
  size_t i = 0;
  size_t j = 0;
  while (i < a.size() || j < b.size()) {
    if (j == b.size() || (i < a.size() && a[i].id < b[j].id)) {
      either.push_back(a[i++]);
    } else if (i == a.size() || b[j].id < a[i].id) {
      either.push_back(b[j++]);
    } else {
      either.push_back(
          {a[i].id, 0, std::max(a[i].score, b[j].score), static_cast<FieldSet>(a[i].fields | b[j].fields)});
      ++i;
      ++j;
    }
  }
  return either;
}

MatchList Without(const MatchList& a, const MatchList& b) {
  MatchList rest;
  std::set_difference(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(rest),
                      [](const Match& x, const Match& y) { return x.id < y.id; });
  return rest;
}

}  // namespace cadastre::search
