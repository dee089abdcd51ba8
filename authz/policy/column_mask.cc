#include "authz/policy/column_mask.h"

#include <utf8proc.h>

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace cadastre::authz {
namespace {

bool IsAscii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

char SmallLetter(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string Folded(std::string_view text, ColumnCase rule) {
  const bool ignored = rule == ColumnCase::kIgnored;
  std::string folded(text);
  if (!IsAscii(text)) {
    const int how = ignored ? UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD | UTF8PROC_IGNORE
                            : UTF8PROC_STABLE | UTF8PROC_COMPOSE;
    utf8proc_uint8_t* mapped = nullptr;
    const utf8proc_ssize_t size =
        utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()), static_cast<utf8proc_ssize_t>(text.size()),
                     &mapped, static_cast<utf8proc_option_t>(how));
    // What is no text stays as it is.
    if (size >= 0) folded.assign(reinterpret_cast<const char*>(mapped), static_cast<size_t>(size));
    std::free(mapped);
  }
  if (ignored) std::transform(folded.begin(), folded.end(), folded.begin(), SmallLetter);
  return folded;
}

bool IsQuote(char c) { return c == '"' || c == '`' || c == '\''; }
bool IsSpace(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

// Of a place in a list, which is no name: `[0]`, `[*]`, `[]`.
bool IsPlace(std::string_view piece) {
  return std::all_of(piece.begin(), piece.end(), [](char c) { return (c >= '0' && c <= '9') || c == '*'; });
}

class Pieces {
 public:
  void Add(std::string_view folded) {
    for (const char c : folded) {
      if (c == '.' || c == '[') {
        End();
        bracketed_ = c == '[';
      } else if (c == ']') {
        End();
      } else if (!IsQuote(c)) {
        piece_ += c;
      }
    }
    End();
  }

  std::vector<std::string> Take() {
    // As JSON paths begin.
    if (pieces_.size() > 1 && pieces_.front() == "$") pieces_.erase(pieces_.begin());
    return std::move(pieces_);
  }

 private:
  void End() {
    while (!piece_.empty() && IsSpace(piece_.back())) piece_.pop_back();
    piece_.erase(piece_.begin(), std::find_if_not(piece_.begin(), piece_.end(), IsSpace));
    if (!piece_.empty() && !(bracketed_ && IsPlace(piece_))) pieces_.push_back(std::move(piece_));
    piece_.clear();
    bracketed_ = false;
  }

  std::vector<std::string> pieces_;
  std::string piece_;
  bool bracketed_ = false;
};

std::string Joined(std::vector<std::string>::const_iterator begin, std::vector<std::string>::const_iterator end) {
  std::string text;
  for (auto piece = begin; piece != end; ++piece) {
    if (!text.empty()) text += '.';
    text += *piece;
  }
  return text;
}

std::vector<std::string> PiecesOf(const std::vector<std::string>& path, ColumnCase rule) {
  Pieces pieces;
  for (const std::string& segment : path) pieces.Add(Folded(segment, rule));
  std::vector<std::string> found = pieces.Take();
  // A name of nothing but quotes and dots is still one.
  if (found.empty()) {
    for (const std::string& segment : path) found.push_back(Folded(segment, rule));
  }
  return found;
}

std::vector<std::string> NamePieces(std::string_view asset_name, ColumnCase rule) {
  std::string name(asset_name);
  std::replace(name.begin(), name.end(), '/', '.');
  return name.empty() ? std::vector<std::string>() : PiecesOf({std::move(name)}, rule);
}

// Not `$`, `#` and `@`, which some tools put before a name; of other scripts all.
bool IsOfWord(char c) {
  const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  return letter || (c >= '0' && c <= '9') || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}

// The words of an expression, or of a name that looks like one.
std::vector<std::string> WordsOf(std::string_view folded) {
  std::vector<std::string> words;
  std::string word;
  for (const char c : folded) {
    if (IsOfWord(c)) {
      word += c;
    } else if (!word.empty()) {
      words.push_back(std::move(word));
      word.clear();
    }
  }
  if (!word.empty()) words.push_back(std::move(word));
  return words;
}

// Each text that the pieces end with.
void AddEndings(const std::vector<std::string>& pieces, std::vector<std::string>& readings) {
  for (auto piece = pieces.begin(); piece != pieces.end(); ++piece) readings.push_back(Joined(piece, pieces.end()));
}

bool HidesKey(const absl::flat_hash_set<std::string>& hidden, std::string_view key) {
  for (size_t dot = key.find('.'); dot != std::string_view::npos; dot = key.find('.', dot + 1)) {
    if (hidden.contains(std::string(key.substr(0, dot)))) return true;
  }
  return hidden.contains(std::string(key));
}

}  // namespace

std::string MaskKey(const std::vector<std::string>& path, ColumnCase rule) {
  const std::vector<std::string> pieces = PiecesOf(path, rule);
  return Joined(pieces.begin(), pieces.end());
}

std::vector<std::string> MaskReadings(const std::vector<std::string>& path, ColumnCase rule,
                                      std::string_view asset_name) {
  const std::vector<std::string> pieces = PiecesOf(path, rule);
  std::vector<std::string> readings = {Joined(pieces.begin(), pieces.end())};
  if (path.size() == 1) {
    // One text may name its column behind any prefix, or be an expression over it.
    AddEndings(pieces, readings);
    if (std::vector<std::string> words = WordsOf(Folded(path.front(), rule)); words != pieces) {
      AddEndings(words, readings);
    }
    return readings;
  }
  const std::vector<std::string> name = NamePieces(asset_name, rule);
  for (size_t count = 1; count <= name.size() && count < pieces.size(); ++count) {
    const auto behind = pieces.begin() + static_cast<std::ptrdiff_t>(count);
    if (!std::equal(pieces.begin(), behind, name.end() - static_cast<std::ptrdiff_t>(count), name.end())) continue;
    readings.push_back(Joined(behind, pieces.end()));
  }
  return readings;
}

bool KeyLiesUnder(std::string_view key, std::string_view above) {
  if (above.empty() || key == above) return true;
  return key.size() > above.size() && key.starts_with(above) && key[above.size()] == '.';
}

void ColumnMask::Hide(const std::vector<std::string>& path, ColumnCase rule) {
  absl::flat_hash_set<std::string>& hidden = rule == ColumnCase::kTold ? told_ : ignored_;
  std::string key = path.empty() ? std::string() : MaskKey(path, rule);
  // As an expression holds it.
  const std::vector<std::string> words = WordsOf(key);
  if (!words.empty()) hidden.insert(Joined(words.begin(), words.end()));
  hidden.insert(std::move(key));
}

bool ColumnMask::Hides(const std::vector<std::string>& path) const {
  for (const auto& [hidden, rule] :
       {std::pair(&told_, ColumnCase::kTold), std::pair(&ignored_, ColumnCase::kIgnored)}) {
    if (hidden->empty()) continue;
    if (hidden->contains(std::string())) return true;
    for (const std::string& key : MaskReadings(path, rule, asset_name_)) {
      if (HidesKey(*hidden, key)) return true;
    }
  }
  return false;
}

}  // namespace cadastre::authz
