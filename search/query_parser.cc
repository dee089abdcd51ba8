#include "search/query_parser.h"

#include <absl/strings/str_replace.h>

#include <optional>
#include <utility>

#include "base/limits.h"
#include "base/status.h"
#include "base/utf8.h"
#include "search/words.h"

namespace cadastre::search {
namespace {

struct Operator {
  std::string_view name;
  // Words of a field, or a test of labels.
  FieldSet fields;
  FacetKind facet;
};
constexpr Operator kOperators[] = {
    {"column", BitOf(Field::kColumn), FacetKind::kKind},
    {"term", BitOf(Field::kTerm), FacetKind::kKind},
    {"name", BitOf(Field::kName), FacetKind::kKind},
    {"kind", 0, FacetKind::kKind},
    {"type", 0, FacetKind::kType},
    {"platform", 0, FacetKind::kPlatform},
    {"namespace", 0, FacetKind::kNamespace},
    {"environment", 0, FacetKind::kEnvironment},
    {"domain", 0, FacetKind::kDomain},
    {"tag", 0, FacetKind::kTag},
    {"owner", 0, FacetKind::kOwner},
    {"class", 0, FacetKind::kClassification},
};

const Operator* FindOperator(std::string_view name) {
  for (const Operator& one : kOperators) {
    if (one.name == name) return &one;
  }
  return nullptr;
}

// One piece between spaces.
struct Piece {
  bool negated = false;
  bool quoted = false;
  const Operator* op = nullptr;
  std::string_view text;
};

class Parser {
 public:
  explicit Parser(ParsedQuery* out) : out_(out), rest_(out->text) {}

  Status Parse() {
    bool either = false;
    while (const std::optional<Piece> piece = Next()) {
      if (!piece->quoted && !piece->negated && piece->op == nullptr && piece->text == "OR" && !out_->clauses.empty()) {
        either = true;
        continue;
      }
      std::optional<Atom> atom = AtomOf(*piece);
      if (!atom) continue;
      if (out_->words > kQueryWordsMax) return base::InvalidField("query", "at most 64 words");
      Clause* last = out_->clauses.empty() ? nullptr : &out_->clauses.back();
      if (either && last != nullptr && !last->negated && !piece->negated) {
        last->any.push_back(*std::move(atom));
      } else {
        out_->clauses.push_back({piece->negated, {*std::move(atom)}});
      }
      either = false;
    }
    return absl::OkStatus();
  }

 private:
  static bool IsSpace(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

  size_t OffsetOf(std::string_view piece) const { return static_cast<size_t>(piece.data() - out_->text.data()); }

  std::optional<Piece> Next() {
    while (!rest_.empty() && IsSpace(rest_.front())) rest_.remove_prefix(1);
    if (rest_.empty()) return std::nullopt;
    Piece piece;
    if (rest_.size() > 1 && rest_.front() == '-' && !IsSpace(rest_[1])) {
      piece.negated = true;
      rest_.remove_prefix(1);
    }
    size_t end = 0;
    while (end < rest_.size() && !IsSpace(rest_[end]) && rest_[end] != '"') {
      if (rest_[end] == ':' && piece.op == nullptr) {
        piece.op = FindOperator(rest_.substr(0, end));
        if (piece.op != nullptr) {
          rest_.remove_prefix(end + 1);
          end = 0;
          continue;
        }
      }
      ++end;
    }
    if (end == 0 && !rest_.empty() && rest_.front() == '"') {
      const size_t close = rest_.find('"', 1);
      // A quote that never closes is no quote.
      piece.quoted = close != std::string_view::npos;
      piece.text = rest_.substr(1, piece.quoted ? close - 1 : 0);
      rest_.remove_prefix(piece.quoted ? close + 1 : 1);
      return piece;
    }
    piece.text = rest_.substr(0, end);
    rest_.remove_prefix(end);
    return piece;
  }

  std::optional<Atom> AtomOf(const Piece& piece) {
    Atom atom;
    if (piece.op != nullptr && piece.op->fields == 0) {
      atom.kind = Atom::Kind::kLabel;
      atom.facet = piece.op->facet;
      atom.value = Fold(piece.text);
      if (atom.value.empty()) return std::nullopt;
      ++out_->words;
      return atom;
    }
    const size_t offset = CodePoints(std::string_view(out_->text).substr(0, OffsetOf(piece.text)));
    for (Word& part : SplitParts(piece.text)) {
      atom.words.push_back({std::move(part.text), part.cjk, offset + part.start, offset + part.end});
    }
    if (atom.words.empty()) return std::nullopt;
    out_->words += atom.words.size();
    if (piece.op != nullptr) {
      atom.fields = piece.op->fields;
      return atom;
    }
    if (piece.quoted) {
      atom.kind = Atom::Kind::kPhrase;
      atom.fields = kNameFields;
    }
    if (!piece.negated) {
      if (out_->first.empty()) out_->first = atom.words.front().text;
      for (const QueryWord& word : atom.words) out_->whole += word.text;
    }
    return atom;
  }

  ParsedQuery* out_;
  std::string_view rest_;
};

}  // namespace

StatusOr<ParsedQuery> ParseQuery(std::string_view query) {
  if (query.size() > base::kQueryBytesMax) return base::InvalidField("query", "at most 1,024 bytes");
  if (!base::IsValidUtf8(query)) return base::InvalidField("query", "valid UTF-8");
  ParsedQuery parsed;
  parsed.text = Nfc(query);
  // U+3000 is the space of CJK keyboards.
  parsed.text = absl::StrReplaceAll(parsed.text, {{"\xE3\x80\x80", " "}});
  RETURN_IF_ERROR(Parser(&parsed).Parse());
  if (parsed.whole.size() > kWordBytesMax) parsed.whole.clear();
  return parsed;
}

}  // namespace cadastre::search
