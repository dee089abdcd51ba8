#include "authz/policy/column_mask.h"

#include <algorithm>
#include <utility>

#include "base/status.h"

namespace cadastre::authz {
namespace {

using Path = std::vector<std::string>;

constexpr size_t kTextBytesMax = size_t{64} << 10;
// What has more names is known by its first ones.
constexpr size_t kNamesMax = 64;
// Of a text that has more pieces, words alone are compared.
constexpr size_t kPiecesMax = 64;
constexpr size_t kAssetNameLevelsMax = 32;
// As JSON paths begin.
constexpr std::string_view kRoot = "$";

std::vector<std::string> WordsOf(std::string_view folded) {
  std::vector<ColumnWord> words;
  CutIntoWords(folded, &words);
  std::vector<std::string> texts;
  texts.reserve(words.size());
  for (const ColumnWord& word : words) texts.emplace_back(word.text);
  return texts;
}

// The levels of a hidden column.
std::vector<ColumnPiece> PiecesOf(const Path& path) {
  std::vector<ColumnPiece> pieces;
  for (const std::string& segment : path) CutIntoPieces(FoldColumnText(segment), &pieces);
  if (pieces.size() > 1 && pieces.front().name == kRoot) pieces.erase(pieces.begin());
  std::erase_if(pieces, [](const ColumnPiece& piece) { return piece.name.empty(); });
  return pieces;
}

Path Folded(const Path& path) {
  Path folded;
  for (const std::string& segment : path) folded.push_back(FoldColumnText(segment));
  return folded;
}

void SortUnique(std::vector<std::string_view>* words) {
  std::sort(words->begin(), words->end());
  words->erase(std::unique(words->begin(), words->end()), words->end());
}

bool Holds(const std::vector<std::string_view>& sorted, std::string_view word) {
  return std::binary_search(sorted.begin(), sorted.end(), word);
}

}  // namespace

// One path, folded and cut, as it is compared with all that is hidden.
class ColumnMask::Reading {
 public:
  Reading(const ColumnMask& mask, const Path& path) : mask_(mask), one_text_(path.size() == 1) {
    size_t segment = 0;
    for (; segment < path.size(); ++segment) {
      std::string folded = FoldColumnText(path[segment]);
      const size_t before = pieces_.size();
      const bool plain = CutIntoPieces(folded, &pieces_);
      const auto names = [](const ColumnPiece& piece) { return !piece.name.empty() && piece.name != kRoot; };
      // Quotes, and what stands before the first name.
      if (pieces_.size() == before || (!one_text_ && std::none_of(pieces_.begin(), pieces_.end(), names))) continue;
      if (plain && (!one_text_ || pieces_.size() <= kPiecesMax)) continue;
      if (one_text_ && pieces_.size() > kPiecesMax) pieces_.clear();
      if (!one_text_) pieces_.resize(before);
      rest_ = std::move(folded);
      rest_first_bytes_ = rest_.size();
      for (++segment; segment < path.size(); ++segment) rest_ += '\n' + FoldColumnText(path[segment]);
      has_rest_ = true;
    }
    if (has_rest_) CutRest();
  }

  // False where `each` said to end.
  bool Tell(absl::FunctionRef<bool(uint32_t)> each) const {
    if (one_text_) {
      // It may name its column behind any prefix.
      for (size_t start = 0; start < pieces_.size(); ++start) {
        if (mask_.first_names_.contains(pieces_[start].name) && !TellFrom(start, each)) return false;
      }
      return !has_rest_ || TellWords("", each);
    }
    if (!TellFrom(0, each)) return false;
    if (!pieces_.empty() && pieces_.front().name == kRoot && !TellFrom(1, each)) return false;
    for (size_t levels = 1; levels <= mask_.asset_name_.size() && levels <= pieces_.size(); ++levels) {
      if (BeginsWithLast(levels) && !TellFrom(levels, each)) return false;
    }
    return true;
  }

 private:
  void CutRest() {
    std::vector<ColumnWord> words;
    CutIntoWords(rest_, &words);
    for (const ColumnWord& word : words) {
      words_.push_back(word.text);
      if (const std::string_view common = CommonLevel(word.text); !common.empty()) words_.push_back(common);
      if (!word.dotted) open_.push_back(word.text);
      if (word.text.data() < rest_.data() + rest_first_bytes_) first_words_.push_back(word.text);
    }
    SortUnique(&words_);
    SortUnique(&open_);
    SortUnique(&first_words_);
  }

  bool BeginsWithLast(size_t levels) const {
    const std::vector<std::string>& name = mask_.asset_name_;
    return std::equal(name.end() - static_cast<std::ptrdiff_t>(levels), name.end(), pieces_.begin(),
                      [](const std::string& level, const ColumnPiece& piece) { return level == piece.name; });
  }

  // The levels from `start` on are a column's.
  bool TellFrom(size_t start, absl::FunctionRef<bool(uint32_t)> each) const {
    std::string key;
    size_t names = 0;
    for (size_t at = start; at < pieces_.size() && names < kNamesMax && key.size() <= mask_.longest_key_bytes_; ++at) {
      const ColumnPiece& piece = pieces_[at];
      if (key.empty()) {
        if (piece.name.empty()) continue;
        key = piece.name;
        if (!TellItself(key, each)) return false;
        ++names;
        continue;
      }
      if (!TellAbove(key, at, each)) return false;
      const size_t above = key.size();
      key += '.';
      key += piece.Common();
      if (!piece.name.empty() && !TellItself(key, each)) return false;
      if (piece.level == ColumnLevel::kName) {
        ++names;
      } else {
        key.resize(above);
      }
    }
    // What one text says beyond its levels is compared by itself.
    if (!has_rest_ || one_text_) return true;
    if (!key.empty()) {
      const bool more = TellOf(key, each, [](const Hidden& hidden) { return hidden.reach != Reach::kItself; });
      if (!more) return false;
    }
    return TellWords(key, each);
  }

  template <typename Counts>
  bool TellOf(std::string_view key, absl::FunctionRef<bool(uint32_t)> each, Counts counts) const {
    const auto found = mask_.by_key_.find(base::ToAbsl(key));
    if (found == mask_.by_key_.end()) return true;
    for (const uint32_t at : found->second) {
      if (counts(mask_.hidden_[at]) && !each(mask_.hidden_[at].number)) return false;
    }
    return true;
  }

  bool TellItself(std::string_view key, absl::FunctionRef<bool(uint32_t)> each) const {
    return TellOf(key, each, [](const Hidden& hidden) { return hidden.reach == Reach::kItself; });
  }

  // What hides the piece by the list or map above it.
  bool TellAbove(std::string_view key, size_t at, absl::FunctionRef<bool(uint32_t)> each) const {
    const ColumnLevel level = pieces_[at].level;
    const bool opens = std::all_of(pieces_.begin() + static_cast<std::ptrdiff_t>(at), pieces_.end(),
                                   [](const ColumnPiece& piece) { return piece.level == ColumnLevel::kPlace; });
    return TellOf(key, each, [&](const Hidden& hidden) {
      switch (hidden.reach) {
        case Reach::kContents: return true;
        case Reach::kValues: return level != ColumnLevel::kKey && level != ColumnLevel::kEntries;
        case Reach::kOpened: return opens;
        default: return false;
      }
    });
  }

  // What is hidden below `key` (empty: anywhere) and stands in the rest by its words.
  bool TellWords(std::string_view key, absl::FunctionRef<bool(uint32_t)> each) const {
    const auto tell = [&](const std::vector<uint32_t>& candidates) {
      return std::all_of(candidates.begin(), candidates.end(), [&](uint32_t at) {
        return !StandsInRest(mask_.hidden_[at], key) || each(mask_.hidden_[at].number);
      });
    };
    for (const std::string_view word : words_) {
      const auto found = mask_.by_word_.find(base::ToAbsl(word));
      if (found != mask_.by_word_.end() && !tell(found->second)) return false;
    }
    return tell(mask_.wordless_);
  }

  bool StandsInRest(const Hidden& hidden, std::string_view key) const {
    size_t known = 0;
    if (!key.empty()) {
      if (hidden.key.size() <= key.size() || !hidden.key.starts_with(key) || hidden.key[key.size()] != '.')
        return false;
      for (size_t bytes = 0; bytes < key.size(); ++known) bytes += hidden.names[known].text.size() + 1;
    } else if (!one_text_ && !Stands(hidden.names.front(), first_words_)) {
      return false;
    }
    const std::vector<std::string>& last = hidden.names.back().words;
    if (hidden.reach == Reach::kOpened && !last.empty() && !Holds(open_, last.back())) return false;
    return std::all_of(hidden.names.begin() + static_cast<std::ptrdiff_t>(known), hidden.names.end(),
                       [this](const Name& name) { return Stands(name, words_); });
  }

  bool Stands(const Name& name, const std::vector<std::string_view>& words) const {
    if (name.words.empty()) return rest_.find(name.text) != std::string::npos;
    return std::all_of(name.words.begin(), name.words.end(),
                       [&](const std::string& word) { return Holds(words, word); });
  }

  const ColumnMask& mask_;
  const bool one_text_;
  std::vector<ColumnPiece> pieces_;
  // From the first segment on that is more than levels, and the words of it.
  bool has_rest_ = false;
  std::string rest_;
  size_t rest_first_bytes_ = 0;
  std::vector<std::string_view> words_;
  std::vector<std::string_view> open_;
  std::vector<std::string_view> first_words_;
};

ColumnMask::ColumnMask(std::string_view asset_name) {
  std::string name = FoldColumnText(asset_name);
  std::replace(name.begin(), name.end(), '/', '.');
  std::vector<ColumnPiece> pieces;
  CutIntoPieces(name, &pieces);
  const size_t left_out = pieces.size() - std::min(pieces.size(), kAssetNameLevelsMax);
  for (size_t i = left_out; i < pieces.size(); ++i) asset_name_.push_back(std::move(pieces[i].name));
}

void ColumnMask::Add(uint32_t number, Reach reach, std::vector<Name> names) {
  names.resize(std::min(names.size(), kNamesMax));
  Hidden hidden{number, reach, std::move(names), {}};
  for (const Name& name : hidden.names) {
    if (!hidden.key.empty()) hidden.key += '.';
    hidden.key += name.text;
  }
  longest_key_bytes_ = std::max(longest_key_bytes_, hidden.key.size());
  const auto at = static_cast<uint32_t>(hidden_.size());
  by_key_[hidden.key].push_back(at);
  first_names_.insert(hidden.names.front().text);
  if (const std::vector<std::string>& words = hidden.names.back().words; !words.empty()) {
    by_word_[words.back()].push_back(at);
  } else {
    wordless_.push_back(at);
  }
  hidden_.push_back(std::move(hidden));
}

void ColumnMask::Hide(const std::vector<std::string>& path, uint32_t number) {
  if (path.empty()) return any_.push_back(number);
  const std::vector<ColumnPiece> pieces = PiecesOf(path);
  if (pieces.empty()) {
    nameless_.emplace_back(Folded(path), number);
    return;
  }
  std::vector<Name> names;
  for (size_t i = 0; i + 1 < pieces.size(); ++i) {
    if (i > 0 && pieces[i].level != ColumnLevel::kName) continue;
    names.push_back({pieces[i].name, WordsOf(pieces[i].name)});
  }
  const ColumnPiece& last = pieces.back();
  const bool below = pieces.size() > 1;
  const bool is_level = below && last.level != ColumnLevel::kName && last.level != ColumnLevel::kPlace;
  if (is_level) {
    const bool sure = last.sure || (pieces.size() > 2 && pieces[pieces.size() - 2].level != ColumnLevel::kName);
    Reach reach = Reach::kOpened;
    if (sure && last.level != ColumnLevel::kKey) {
      reach = last.level == ColumnLevel::kValue ? Reach::kValues : Reach::kContents;
    }
    Add(number, reach, names);
  }
  const std::string_view text = is_level ? last.Common() : std::string_view(last.name);
  names.push_back({std::string(text), WordsOf(text)});
  // A column that is called like an expression may be told as the levels of its words.
  std::vector<Name> words;
  for (const Name& name : names) {
    for (const std::string& word : name.words) words.push_back({word, {word}});
  }
  if (words.size() > names.size()) Add(number, Reach::kItself, std::move(words));
  Add(number, Reach::kItself, std::move(names));
}

bool ColumnMask::Hides(const std::vector<std::string>& path) const {
  bool hides = false;
  ForEachOver(path, [&](uint32_t) {
    hides = true;
    return false;
  });
  return hides;
}

bool ColumnMask::TellNameless(const std::vector<std::string>& folded, absl::FunctionRef<bool(uint32_t)> each) const {
  return std::all_of(nameless_.begin(), nameless_.end(), [&](const auto& hidden) {
    const Path& above = hidden.first;
    const bool below = above.size() <= folded.size() && std::equal(above.begin(), above.end(), folded.begin());
    return !below || each(hidden.second);
  });
}

void ColumnMask::ForEachOver(const std::vector<std::string>& path, absl::FunctionRef<bool(uint32_t)> each) const {
  for (const uint32_t number : any_) {
    if (!each(number)) return;
  }
  if (path.empty() || (hidden_.empty() && nameless_.empty())) return;
  size_t bytes = 0;
  bool unseen = false;
  for (const std::string& segment : path) {
    bytes += segment.size();
    unseen = unseen || HasUnseen(segment);
  }
  if (bytes > kTextBytesMax) {
    for (const Hidden& hidden : hidden_) {
      if (!each(hidden.number)) return;
    }
    for (const auto& [above, number] : nameless_) {
      if (!each(number)) return;
    }
    return;
  }
  if (!nameless_.empty() && !TellNameless(Folded(path), each)) return;
  if (hidden_.empty() || !Reading(*this, path).Tell(each) || !unseen) return;
  // It may delimit as well as stand within a word.
  Path spaced;
  for (const std::string& segment : path) spaced.push_back(SpaceUnseen(segment));
  Reading(*this, spaced).Tell(each);
}

}  // namespace cadastre::authz
