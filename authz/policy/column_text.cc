#include "authz/policy/column_text.h"

#include <utf8proc.h>

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <utility>

namespace cadastre::authz {
namespace {

struct LevelWord {
  std::string_view word;
  ColumnLevel level;
  bool sure;
};

// Of Parquet's writers, Hive, ORC, Iceberg, Arrow, Avro and ClickHouse. Sorted.
constexpr LevelWord kLevelWords[] = {
    {"_elem", ColumnLevel::kElement, true},    {"_element", ColumnLevel::kElement, true},
    {"_key", ColumnLevel::kKey, false},        {"_value", ColumnLevel::kValue, false},
    {"array", ColumnLevel::kElement, false},   {"array_element", ColumnLevel::kElement, true},
    {"bag", ColumnLevel::kElement, true},      {"element", ColumnLevel::kElement, true},
    {"entries", ColumnLevel::kEntries, false}, {"item", ColumnLevel::kElement, false},
    {"key", ColumnLevel::kKey, false},         {"key_value", ColumnLevel::kEntries, true},
    {"keys", ColumnLevel::kKey, false},        {"list", ColumnLevel::kElement, false},
    {"map", ColumnLevel::kEntries, false},     {"value", ColumnLevel::kValue, false},
    {"values", ColumnLevel::kValue, false},
};

// As parquet-thrift calls the elements of `pins`: `pins_tuple`.
constexpr std::string_view kTuple = "_tuple";

constexpr size_t kRemarkBytesMax = 256;

const LevelWord* FindLevelWord(std::string_view word) {
  const auto* const found =
      std::lower_bound(std::begin(kLevelWords), std::end(kLevelWords), word,
                       [](const LevelWord& one, std::string_view text) { return one.word < text; });
  return found != std::end(kLevelWords) && found->word == word ? found : nullptr;
}

std::string_view CommonText(ColumnLevel level) {
  switch (level) {
    case ColumnLevel::kElement: return "element";
    case ColumnLevel::kEntries: return "key_value";
    case ColumnLevel::kKey: return "key";
    case ColumnLevel::kValue: return "value";
    default: return {};
  }
}

bool IsAscii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

char SmallLetter(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
bool IsQuote(char c) { return c == '"' || c == '`' || c == '\''; }
bool IsSpace(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }

bool IsWordCategory(utf8proc_category_t category) {
  switch (category) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ME:
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NL:
    case UTF8PROC_CATEGORY_NO:
    case UTF8PROC_CATEGORY_PC: return true;
    default: return false;
  }
}

// The bytes of the code point at `at`, and whether it belongs to a word. What is no UTF-8 does not.
struct Step {
  size_t bytes;
  bool of_word;
  utf8proc_int32_t point;
};
Step StepAt(std::string_view text, size_t at) {
  const char c = text[at];
  if (static_cast<unsigned char>(c) < 0x80) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    return {1, letter || IsDigit(c) || c == '_', c};
  }
  utf8proc_int32_t point = 0;
  const utf8proc_ssize_t bytes = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()) + at,
                                                  static_cast<utf8proc_ssize_t>(text.size() - at), &point);
  if (bytes <= 0) return {1, false, -1};
  return {static_cast<size_t>(bytes), IsWordCategory(utf8proc_category(point)), point};
}

bool IsWord(std::string_view text) {
  for (size_t at = 0; at < text.size();) {
    const Step step = StepAt(text, at);
    if (!step.of_word) return false;
    at += step.bytes;
  }
  return true;
}

// Of a place in a list, which is no name: `[0]`, `[*]`, `[]`, `[1:2]`, `[-1]`.
bool IsPlace(std::string_view piece) {
  return std::all_of(piece.begin(), piece.end(), [](char c) {
    return IsDigit(c) || IsSpace(c) || c == '*' || c == ':' || c == '-' || c == '+' || c == ',';
  });
}

bool IsUnseen(utf8proc_int32_t point) { return point >= 0x80 && utf8proc_get_property(point)->ignorable; }

class PieceCutter {
 public:
  explicit PieceCutter(std::vector<ColumnPiece>* pieces) : pieces_(*pieces) {}

  bool Cut(std::string_view folded) {
    for (size_t at = 0; at < folded.size(); ++at) {
      const char c = folded[at];
      if (c == '.') {
        End();
      } else if (c == '[') {
        End();
        bracketed_ = true;
        at += Remark(folded.substr(at, kRemarkBytesMax));
      } else if (c == ']') {
        plain_ = plain_ && bracketed_;
        End();
      } else if (IsQuote(c)) {
        if (!piece_.empty()) quotes_ += c;
      } else if (!quotes_.empty() && IsSpace(c)) {
        quotes_ += c;
      } else {
        // Not around the piece: `N'pin'`.
        piece_ += std::exchange(quotes_, {});
        piece_ += c;
      }
    }
    End();
    return plain_;
  }

 private:
  // Bytes of `type=struct` behind the bracket that `text` begins with, which is of no column; nothing where it is none.
  size_t Remark(std::string_view text) {
    const size_t end = text.find(']');
    const size_t equals = text.find('=');
    if (end == std::string_view::npos || equals > end) return 0;
    plain_ = false;
    return end - 1;
  }

  void End() {
    while (!piece_.empty() && IsSpace(piece_.back())) piece_.pop_back();
    piece_.erase(piece_.begin(), std::find_if_not(piece_.begin(), piece_.end(), IsSpace));
    if (bracketed_ ? IsPlace(piece_) : piece_ == "*") {
      pieces_.push_back({{}, ColumnLevel::kPlace, false});
    } else if (!piece_.empty()) {
      // As JSON paths begin.
      const bool root = pieces_.empty() && piece_ == "$";
      if (bracketed_ || (!root && !IsWord(piece_))) plain_ = false;
      Push();
    }
    piece_.clear();
    bracketed_ = false;
    quotes_.clear();
  }

  void Push() {
    ColumnPiece piece;
    if (const LevelWord* known = FindLevelWord(piece_)) {
      piece.level = known->level;
      piece.sure = known->sure;
    } else if (std::all_of(piece_.begin(), piece_.end(), IsDigit)) {
      piece.level = ColumnLevel::kPlace;
    } else if (!pieces_.empty() && piece_.size() == pieces_.back().name.size() + kTuple.size() &&
               piece_.starts_with(pieces_.back().name) && piece_.ends_with(kTuple)) {
      piece.level = ColumnLevel::kElement;
      piece.sure = true;
    }
    piece.name = std::move(piece_);
    pieces_.push_back(std::move(piece));
  }

  std::vector<ColumnPiece>& pieces_;
  std::string piece_;
  bool bracketed_ = false;
  // What stood behind the piece since a quote there.
  std::string quotes_;
  bool plain_ = true;
};

}  // namespace

std::string_view ColumnPiece::Common() const {
  const std::string_view common = CommonText(level);
  return common.empty() ? std::string_view(name) : common;
}

std::string FoldColumnText(std::string_view text) {
  std::string folded(text);
  if (!IsAscii(text)) {
    constexpr int kHow = UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD | UTF8PROC_IGNORE;
    utf8proc_uint8_t* mapped = nullptr;
    const utf8proc_ssize_t size =
        utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()), static_cast<utf8proc_ssize_t>(text.size()),
                     &mapped, static_cast<utf8proc_option_t>(kHow));
    if (size >= 0) folded.assign(reinterpret_cast<const char*>(mapped), static_cast<size_t>(size));
    std::free(mapped);
  }
  std::transform(folded.begin(), folded.end(), folded.begin(), SmallLetter);
  return folded;
}

bool HasUnseen(std::string_view text) {
  if (IsAscii(text)) return false;
  for (size_t at = 0; at < text.size();) {
    const Step step = StepAt(text, at);
    if (IsUnseen(step.point)) return true;
    at += step.bytes;
  }
  return false;
}

std::string SpaceUnseen(std::string_view text) {
  std::string spaced;
  for (size_t at = 0; at < text.size();) {
    const Step step = StepAt(text, at);
    spaced += IsUnseen(step.point) ? std::string_view(" ") : text.substr(at, step.bytes);
    at += step.bytes;
  }
  return spaced;
}

bool CutIntoPieces(std::string_view folded, std::vector<ColumnPiece>* pieces) {
  return PieceCutter(pieces).Cut(folded);
}

void CutIntoWords(std::string_view folded, std::vector<ColumnWord>* words) {
  size_t begin = 0;
  size_t end = 0;
  bool after_dot = false;
  bool after_other = true;
  for (size_t at = 0; at < folded.size();) {
    const Step step = StepAt(folded, at);
    if (step.of_word) {
      if (end == begin) {
        if (after_dot && !after_other) words->back().dotted = true;
        begin = at;
      }
      end = at + step.bytes;
    } else {
      if (end > begin) {
        words->push_back({folded.substr(begin, end - begin)});
        after_dot = after_other = false;
      }
      begin = end = at;
      const char c = folded[at];
      if (c == '.') {
        after_dot = true;
      } else if (!IsQuote(c) && !IsSpace(c)) {
        after_other = true;
      }
    }
    at += step.bytes;
  }
  if (end > begin) words->push_back({folded.substr(begin, end - begin)});
}

std::string_view CommonLevel(std::string_view word) {
  const LevelWord* known = FindLevelWord(word);
  return known == nullptr ? std::string_view() : CommonText(known->level);
}

}  // namespace cadastre::authz
