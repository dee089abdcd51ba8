#include "search/highlight.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/status.h"
#include "search/stored_text.h"
#include "search/words.h"

namespace cadastre::search {
namespace {

constexpr size_t kPieceMax = 160;
// How much of a long text stands before its first mark.
constexpr size_t kBefore = 40;
constexpr size_t kPiecesMax = 5;
// Those that are read from a document's text; of platform and type nothing is marked.
constexpr FieldSet kTextFields =
    kAllFields & static_cast<FieldSet>(~(BitOf(Field::kName) | BitOf(Field::kPlatform) | BitOf(Field::kType)));

// The bytes of code points [start, end).
std::string Slice(std::string_view text, size_t start, size_t end) {
  size_t at = 0;
  size_t points = 0;
  size_t from = text.size();
  size_t to = text.size();
  for (; at < text.size(); ++at) {
    if ((static_cast<unsigned char>(text[at]) & 0xC0) == 0x80) continue;
    if (points == start) from = at;
    if (points == end) to = at;
    ++points;
  }
  return std::string(text.substr(from, to - from));
}

std::optional<Highlight> PieceOf(std::string_view field, std::string_view text, const Marker& marker, bool beginnings) {
  if (!marker.scan().Any(text)) return std::nullopt;
  const std::string nfc = Nfc(text);
  std::vector<Highlight::Range> ranges = marker.Ranges(nfc, beginnings);
  if (ranges.empty()) return std::nullopt;
  const size_t length = CodePoints(nfc);
  size_t start = 0;
  if (length > kPieceMax) {
    const auto first = static_cast<size_t>(ranges.front().start);
    start = std::min(first > kBefore ? first - kBefore : 0, length - kPieceMax);
  }
  const size_t end = std::min(length, start + kPieceMax);
  Highlight highlight{std::string(field), Slice(nfc, start, end), {}};
  for (const Highlight::Range& range : ranges) {
    const auto from = static_cast<size_t>(range.start);
    const auto to = std::min(static_cast<size_t>(range.end), end);
    if (from >= end) break;
    highlight.ranges.push_back({static_cast<int32_t>(from - start), static_cast<int32_t>(to - start)});
  }
  return highlight;
}

class Collector {
 public:
  Collector(const Marker* marker, std::vector<Highlight>* out) : marker_(marker), out_(out) {}

  bool Add(Field field, std::string_view text, bool beginnings = false) {
    std::optional<Highlight> piece = PieceOf(RuleOf(field).word, text, *marker_, beginnings);
    if (!piece) return false;
    out_->push_back(*std::move(piece));
    return true;
  }

  const MarkScan& scan() const { return marker_->scan(); }

  template <typename Texts>
  void AddAny(Field field, const Texts& texts) {
    size_t found = 0;
    for (const std::string_view text : texts) {
      if (found == kPiecesMax) return;
      if (Add(field, text)) ++found;
    }
  }

 private:
  const Marker* marker_;
  std::vector<Highlight>* out_;
};

std::vector<std::string> SegmentsOf(const StoredColumn& column) {
  if (!column.segments.empty()) return {column.segments.begin(), column.segments.end()};
  const std::string_view path = column.path;
  std::vector<std::string> segments;
  size_t start = 0;
  for (size_t dot = 0; (dot = path.find('.', start)) != std::string_view::npos; start = dot + 1) {
    segments.emplace_back(path.substr(start, dot - start));
  }
  segments.emplace_back(path.substr(start));
  return segments;
}

// A column is shown where the index's own classes and the path as the view knows it both allow it.
bool SeesColumn(const authz::GovernedView& view, AssetId id, const StoredColumn& column) {
  std::vector<uint32_t> classes;
  for (const std::string_view one : column.classes) classes.push_back(view.NumberOf(one));
  std::sort(classes.begin(), classes.end());
  return (classes.empty() || view.AllowsClasses(id, classes)) && view.SeesColumnPath(id, SegmentsOf(column));
}

Status AddColumns(authz::GovernedView& view, AssetId id, const StoredText& text, FieldSet fields,
                  Collector& collector) {
  size_t found = 0;
  size_t at = 0;
  size_t end = 0;
  while (found < kPiecesMax && (at = collector.scan().Next(text.columns(), end)) != MarkScan::kNone) {
    ASSIGN_OR_RETURN(const StoredColumn column, text.ColumnAt(at, end));
    end = column.end;
    if (!SeesColumn(view, id, column)) continue;
    const bool path = (fields & BitOf(Field::kColumn)) && collector.Add(Field::kColumn, column.path, true);
    const bool words = (fields & BitOf(Field::kColumnText)) && collector.Add(Field::kColumnText, column.description);
    if (!path && !words) continue;
    view.shown().NoteColumn(id, SegmentsOf(column));
    ++found;
  }
  return absl::OkStatus();
}

}  // namespace

Marker::Marker(const std::vector<WordResult>& results) {
  for (const WordResult& result : results) {
    if (result.corrections.empty()) {
      const std::string bare(result.word.cjk ? BareKorean(result.word.text) : std::string_view(result.word.text));
      words_.push_back({bare, result.word.cjk, result.word.cjk ? GramsOf(bare) : std::vector<std::string>()});
    }
    for (const std::string& correction : result.corrections) words_.push_back({correction, false, {}});
  }
  std::vector<std::string> texts;
  for (const Wanted& wanted : words_) texts.push_back(wanted.text);
  scan_ = MarkScan(texts);
}

std::vector<Highlight::Range> Marker::Ranges(std::string_view nfc, bool beginnings) const {
  std::vector<Highlight::Range> ranges;
  const auto mark = [&](size_t start, size_t end) {
    ranges.push_back({static_cast<int32_t>(start), static_cast<int32_t>(end)});
  };
  for (const Word& word : SplitWords(nfc)) {
    for (const Wanted& wanted : words_) {
      if (word.kind == WordKind::kGram) {
        if (std::find(wanted.grams.begin(), wanted.grams.end(), word.text) != wanted.grams.end())
          mark(word.start, word.end);
      } else if (word.text == wanted.text) {
        mark(word.start, word.end);
      } else if (beginnings && word.kind == WordKind::kPart && !wanted.cjk && word.text.starts_with(wanted.text)) {
        mark(word.start, word.start + CodePoints(wanted.text));
      }
    }
  }
  std::sort(ranges.begin(), ranges.end(),
            [](const auto& a, const auto& b) { return a.start != b.start ? a.start < b.start : a.end < b.end; });
  std::vector<Highlight::Range> joined;
  for (const Highlight::Range& range : ranges) {
    if (!joined.empty() && range.start <= joined.back().end) {
      joined.back().end = std::max(joined.back().end, range.end);
    } else {
      joined.push_back(range);
    }
  }
  return joined;
}

namespace {

// Of one of the names that stand for an asset.
Status AddHighlights(authz::GovernedView& view, const Matcher& matcher, const Lease& lease, const Match& match,
                     Collector& collector) {
  const auto has = [&](Field field) { return (match.fields & BitOf(field)) && matcher.Opens(field, match.id); };
  if (has(Field::kName)) {
    if (const std::optional<AssetName> name = view.NameOf(match.id)) collector.Add(Field::kName, name->name, true);
  }
  if ((match.fields & kTextFields) == 0 || !lease.columns().Of(match.id).indexed) return absl::OkStatus();
  ASSIGN_OR_RETURN(const StoredText text, lease.TextOf(match.id));
  if (has(Field::kTitle)) collector.Add(Field::kTitle, text.title(), true);
  if (has(Field::kDescription)) collector.Add(Field::kDescription, text.description());
  if (has(Field::kTag)) collector.AddAny(Field::kTag, text.tags());
  if (has(Field::kOwner)) collector.AddAny(Field::kOwner, text.owners());
  if (has(Field::kTerm)) {
    std::vector<std::string> names;
    for (const uint64_t term : text.terms()) {
      if (const std::optional<AssetName> name = view.NameOf(AssetId(term))) names.push_back(name->name);
    }
    collector.AddAny(Field::kTerm, names);
  }
  if (has(Field::kColumn) || has(Field::kColumnText)) {
    RETURN_IF_ERROR(AddColumns(view, match.id, text, match.fields, collector));
  }
  if (has(Field::kCode)) collector.Add(Field::kCode, text.code());
  return absl::OkStatus();
}

bool Same(const Highlight& a, const Highlight& b) { return a.field == b.field && a.text == b.text; }

}  // namespace

StatusOr<std::vector<Highlight>> HighlightsOf(authz::GovernedView& view, const Matcher& matcher, const Lease& lease,
                                              const Marker& marker, const Match& match) {
  std::vector<Highlight> highlights;
  for (const AssetId name : matcher.sets().Of(match.id)) {
    std::vector<Highlight> more;
    Collector collector(&marker, &more);
    Match of_name = match;
    of_name.id = name;
    RETURN_IF_ERROR(AddHighlights(view, matcher, lease, of_name, collector));
    // Names of one asset often say the same.
    for (Highlight& one : more) {
      const auto known =
          std::find_if(highlights.begin(), highlights.end(), [&](const auto& two) { return Same(one, two); });
      if (known == highlights.end()) highlights.push_back(std::move(one));
    }
  }
  return highlights;
}

}  // namespace cadastre::search
