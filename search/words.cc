#include "search/words.h"

#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>

#include "base/utf8.h"

namespace cadastre::search {
namespace {

enum class Class : unsigned char { kNone, kLower, kUpper, kOther, kDigit, kCjk, kMark };

struct CodePoint {
  int32_t value;
  Class kind;
  size_t byte;  // where it begins
};

std::string Map(std::string_view text, int options) {
  utf8proc_uint8_t* mapped = nullptr;
  const utf8proc_ssize_t size =
      utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()), static_cast<utf8proc_ssize_t>(text.size()),
                   &mapped, static_cast<utf8proc_option_t>(options));
  std::string result;
  if (size > 0) result.assign(reinterpret_cast<const char*>(mapped), static_cast<size_t>(size));
  std::free(mapped);
  return result;
}

// Of characters that Nfc leaves as they are, and Fold but for the case of ASCII.
bool IsPlain(std::string_view text) {
  for (size_t at = 0; at < text.size();) {
    const size_t step = static_cast<signed char>(text[at]) >= 0 ? 1 : PlainCjkAt(text, at);
    if (step == 0) return false;
    at += step;
  }
  return true;
}

std::string_view ValidPrefix(std::string_view text) {
  if (base::IsValidUtf8(text)) return text;
  size_t at = 0;
  int32_t value = 0;
  while (at < text.size()) {
    const auto step = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()) + at,
                                       static_cast<utf8proc_ssize_t>(text.size() - at), &value);
    if (step <= 0) break;
    at += static_cast<size_t>(step);
  }
  return text.substr(0, at);
}

// Scripts written without spaces between words, and Korean, whose spaces are optional.
bool IsCjk(int32_t c) {
  return (c >= 0x1100 && c <= 0x11FF) || (c >= 0x3041 && c <= 0x30FF) || (c >= 0x3130 && c <= 0x318F) ||
         (c >= 0x31F0 && c <= 0x31FF) || (c >= 0x3400 && c <= 0x4DBF) || (c >= 0x4E00 && c <= 0x9FFF) ||
         (c >= 0xAC00 && c <= 0xD7FF) || (c >= 0xF900 && c <= 0xFAFF) || (c >= 0xFF66 && c <= 0xFFDC) ||
         (c >= 0x20000 && c <= 0x3FFFF) || c == 0x3005;
}

Class ClassOf(int32_t c) {
  if (c < 0x80) {
    if (c >= 'a' && c <= 'z') return Class::kLower;
    if (c >= 'A' && c <= 'Z') return Class::kUpper;
    if (c >= '0' && c <= '9') return Class::kDigit;
    return Class::kNone;
  }
  switch (utf8proc_category(c)) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LT: return Class::kUpper;
    case UTF8PROC_CATEGORY_LL: return Class::kLower;
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO: return IsCjk(c) ? Class::kCjk : Class::kOther;
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ME: return Class::kMark;
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NL:
    case UTF8PROC_CATEGORY_NO: return Class::kDigit;
    default: return Class::kNone;
  }
}

std::vector<CodePoint> Decode(std::string_view text) {
  std::vector<CodePoint> points;
  points.reserve(text.size());
  size_t at = 0;
  while (at < text.size()) {
    int32_t value = 0;
    const auto step = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()) + at,
                                       static_cast<utf8proc_ssize_t>(text.size() - at), &value);
    if (step <= 0) break;
    Class kind = ClassOf(value);
    if (kind == Class::kMark) kind = points.empty() ? Class::kNone : points.back().kind;
    points.push_back({value, kind, at});
    at += static_cast<size_t>(step);
  }
  return points;
}

bool IsUpperThenLower(const std::vector<CodePoint>& points, size_t at) {
  return points[at].kind == Class::kUpper && at + 1 < points.size() && points[at + 1].kind == Class::kLower;
}

// Does a new part begin at `at`, whose predecessor is a letter or digit too?
bool Breaks(const std::vector<CodePoint>& points, size_t at) {
  const Class before = points[at - 1].kind;
  const Class now = points[at].kind;
  if ((before == Class::kCjk) != (now == Class::kCjk)) return true;
  if ((before == Class::kDigit) != (now == Class::kDigit)) return true;
  if (before == Class::kLower && now == Class::kUpper) return true;
  return before == Class::kUpper && IsUpperThenLower(points, at);
}

// Cuts a text into parts, and remembers what belongs together.
class Splitter {
 public:
  explicit Splitter(std::string_view text) : text_(text), points_(Decode(text)) {}

  std::vector<Word> Parts() {
    size_t at = 0;
    while (at < points_.size()) {
      if (points_[at].kind == Class::kNone) {
        ++at;
        continue;
      }
      size_t end = at + 1;
      while (end < points_.size() && points_[end].kind != Class::kNone && !Breaks(points_, end)) ++end;
      words_.push_back(Make(at, end, WordKind::kPart));
      at = end;
    }
    return std::move(words_);
  }

  std::vector<Word> All() {
    std::vector<Word> parts = Parts();
    std::vector<Word> words;
    size_t i = 0;
    while (i < parts.size()) {
      size_t end = i + 1;
      while (end < parts.size() && OneSegment(parts[end - 1].end, parts[end].start)) ++end;
      if (end - i > 1) {
        Word whole = Make(parts[i].start, parts[end - 1].end, WordKind::kWhole);
        whole.text.clear();
        for (size_t j = i; j < end; ++j) whole.text += parts[j].text;
        whole.text = base::Utf8Prefix(whole.text, kWordBytesMax);
        words.push_back(std::move(whole));
      }
      i = end;
    }
    AddGrams(parts, words);
    words.insert(words.end(), std::make_move_iterator(parts.begin()), std::make_move_iterator(parts.end()));
    std::stable_sort(words.begin(), words.end(), [](const Word& a, const Word& b) { return a.start < b.start; });
    return words;
  }

 private:
  Word Make(size_t from, size_t to, WordKind kind) const {
    const size_t last = to < points_.size() ? points_[to].byte : text_.size();
    Word word;
    word.text = base::Utf8Prefix(Fold(text_.substr(points_[from].byte, last - points_[from].byte)), kWordBytesMax);
    word.kind = kind;
    word.cjk = points_[from].kind == Class::kCjk;
    word.start = from;
    word.end = to;
    return word;
  }

  // Only `_` and `-` between them, or nothing.
  bool OneSegment(size_t from, size_t to) const {
    for (size_t i = from; i < to; ++i) {
      if (points_[i].value != '_' && points_[i].value != '-') return false;
    }
    return true;
  }

  // Grams run over spaces and `_`: `일별 매출` and `일별매출` have the same ones.
  void AddGrams(const std::vector<Word>& parts, std::vector<Word>& words) const {
    size_t before = 0;
    size_t before_end = 0;
    bool chained = false;
    for (const Word& part : parts) {
      if (!part.cjk) {
        chained = false;
        continue;
      }
      for (size_t i = before_end; chained && i < part.start; ++i) {
        const int32_t c = points_[i].value;
        chained = c == ' ' || c == '_' || c == '\t' || c == '\n' || c == 0x3000 || c == 0xA0;
      }
      for (size_t i = part.start; i < part.end; ++i) {
        words.push_back(Make(i, i + 1, WordKind::kGram));
        if (chained) {
          Word pair = Make(i, i + 1, WordKind::kGram);
          pair.text = Make(before, before + 1, WordKind::kGram).text + pair.text;
          pair.start = before;
          words.push_back(std::move(pair));
        }
        before = i;
        chained = true;
      }
      before_end = part.end;
    }
  }

  std::string_view text_;
  std::vector<CodePoint> points_;
  std::vector<Word> words_;
};

// Longest first; those of one syllable are taken off only from words long enough to stand without them.
constexpr std::array<std::string_view, 38> kParticles = {
    "에서부터", "으로부터", "로부터", "에게서", "한테서", "이라도", "에서는", "에서의", "으로는", "으로써",
    "까지",     "부터",     "처럼",   "보다",   "에서",   "에게",   "한테",   "으로",   "이나",   "라도",
    "마다",     "조차",     "밖에",   "이랑",   "하고",   "로써",   "을",     "를",     "이",     "가",
    "은",       "는",       "의",     "에",     "로",     "와",     "과",     "도"};
constexpr std::array<std::string_view, 2> kMoreParticles = {"만", "랑"};

}  // namespace

std::string Nfc(std::string_view text) {
  if (IsPlain(text)) return std::string(text);
  text = ValidPrefix(text);
  return Map(text, UTF8PROC_STABLE | UTF8PROC_COMPOSE);
}

std::string Fold(std::string_view text) {
  if (IsPlain(text)) {
    std::string folded(text);
    for (char& c : folded) {
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return folded;
  }
  return Map(ValidPrefix(text),
             UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD | UTF8PROC_IGNORE);
}

std::string Squeeze(std::string_view text) {
  std::string squeezed;
  for (const Word& part : SplitParts(Nfc(text))) {
    squeezed += part.text;
    if (squeezed.size() > kWordBytesMax) break;
  }
  return std::string(base::Utf8Prefix(squeezed, kWordBytesMax));
}

std::vector<Word> SplitWords(std::string_view nfc) { return Splitter(nfc).All(); }

std::vector<Word> SplitParts(std::string_view nfc) { return Splitter(nfc).Parts(); }

std::vector<std::string> GramsOf(std::string_view word) {
  std::vector<std::string> characters;
  for (const CodePoint& point : Decode(word)) {
    if (!characters.empty() && utf8proc_category(point.value) == UTF8PROC_CATEGORY_MN) continue;
    int32_t ignored = 0;
    const auto size = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(word.data()) + point.byte,
                                       static_cast<utf8proc_ssize_t>(word.size() - point.byte), &ignored);
    characters.emplace_back(word.substr(point.byte, static_cast<size_t>(size)));
  }
  if (characters.size() < 2) return characters;
  std::vector<std::string> grams;
  for (size_t i = 0; i + 1 < characters.size(); ++i) grams.push_back(characters[i] + characters[i + 1]);
  return grams;
}

std::string_view BareKorean(std::string_view word) {
  const auto without = [word](std::string_view particle) -> std::string_view {
    if (!word.ends_with(particle)) return {};
    const std::string_view bare = word.substr(0, word.size() - particle.size());
    return CodePoints(bare) >= 2 ? bare : std::string_view();
  };
  for (const std::string_view particle : kParticles) {
    if (const std::string_view bare = without(particle); !bare.empty()) return bare;
  }
  for (const std::string_view particle : kMoreParticles) {
    if (const std::string_view bare = without(particle); !bare.empty()) return bare;
  }
  return word;
}

size_t CodePoints(std::string_view text) {
  return static_cast<size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

size_t EditDistance(std::string_view a, std::string_view b, size_t max) {
  const std::vector<CodePoint> left = Decode(a);
  const std::vector<CodePoint> right = Decode(b);
  const size_t rows = left.size();
  const size_t columns = right.size();
  if (rows > columns + max || columns > rows + max) return max + 1;
  // Three rows of the table of optimal string alignment.
  std::vector<size_t> before(columns + 1);
  std::vector<size_t> last(columns + 1);
  std::vector<size_t> now(columns + 1);
  for (size_t j = 0; j <= columns; ++j) last[j] = j;
  for (size_t i = 1; i <= rows; ++i) {
    now[0] = i;
    size_t least = i;
    for (size_t j = 1; j <= columns; ++j) {
      const bool same = left[i - 1].value == right[j - 1].value;
      now[j] = std::min({last[j] + 1, now[j - 1] + 1, last[j - 1] + (same ? 0 : 1)});
      if (i > 1 && j > 1 && left[i - 1].value == right[j - 2].value && left[i - 2].value == right[j - 1].value) {
        now[j] = std::min(now[j], before[j - 2] + 1);
      }
      least = std::min(least, now[j]);
    }
    if (least > max) return max + 1;
    before.swap(last);
    last.swap(now);
  }
  return std::min(last[columns], max + 1);
}

}  // namespace cadastre::search
