#include "search/terms.h"

#include <xxhash.h>

#include <algorithm>
#include <map>

#include "base/bytes.h"
#include "base/utf8.h"
#include "search/stored_text.h"
#include "search/words.h"

namespace cadastre::search {
namespace {

constexpr uint8_t kCountMax = 255;

ClassSet ClassesOf(const SearchColumn& column) {
  ClassSet classes = column.classes;
  std::sort(classes.begin(), classes.end());
  classes.erase(std::unique(classes.begin(), classes.end()), classes.end());
  return classes;
}

class TermCollector {
 public:
  void Add(std::string_view prefix, std::string_view text) {
    std::string term(prefix);
    term += text;
    uint8_t& count = counts_[std::move(term)];
    if (count < kCountMax) ++count;
  }

  void AddText(const std::string& prefix, std::string_view text) {
    for (const Word& word : SplitWords(Nfc(base::Utf8Prefix(text, kTextBytesMax)))) {
      const char mark = word.kind == WordKind::kGram    ? kGramMark
                        : word.kind == WordKind::kWhole ? kJoinedMark
                                                        : kWordMark;
      Add(prefix + mark, word.text);
    }
  }

  void AddField(Field field, std::string_view text) {
    if (!text.empty()) AddText(TermPrefix(field), text);
  }

  void AddFirst(Field field, std::string_view text) {
    const std::vector<Word> parts = SplitParts(Nfc(text));
    if (!parts.empty()) Add(TermPrefix(field) + kFirstMark, parts.front().text);
  }

  void AddColumn(const SearchColumn& column) {
    if (column.classes.empty()) {
      AddField(Field::kColumn, column.path);
      AddField(Field::kColumnText, column.description);
      return;
    }
    const uint64_t set = ClassSetNumber(ClassesOf(column));
    AddText(ClassifiedPrefix(Field::kColumn, set), column.path);
    AddText(ClassifiedPrefix(Field::kColumnText, set), column.description);
  }

  void AddWhole(char letter, std::string_view text) {
    const std::string squeezed = Squeeze(text);
    if (!squeezed.empty()) Add(std::string(1, letter), squeezed);
  }

  std::vector<std::pair<std::string, uint8_t>> Take() {
    return {std::make_move_iterator(counts_.begin()), std::make_move_iterator(counts_.end())};
  }

 private:
  std::map<std::string, uint8_t> counts_;
};

// What people call the asset: after the last `.` or `/`.
std::string_view LastSegment(std::string_view name) {
  const size_t cut = name.find_last_of("./");
  return cut == std::string_view::npos || cut + 1 == name.size() ? name : name.substr(cut + 1);
}

std::string TextOf(const SearchDocument& document) {
  record::SearchText text;
  const auto shown = [](const std::string& whole) { return std::string(base::Utf8Prefix(whole, kShownBytesMax)); };
  text.set_title(shown(document.title));
  text.set_description(shown(document.description));
  text.set_code(shown(document.code));
  for (const std::string& tag : document.tags) text.add_tags(tag);
  for (const std::string& owner : document.owners) text.add_owners(owner);
  for (const AssetId term : document.terms) text.add_terms(term.value());
  for (const SearchColumn& column : document.columns) {
    record::SearchTextColumn* shown_column = text.add_columns();
    shown_column->set_path(column.path);
    shown_column->set_description(shown(column.description));
    for (const std::string& one : ClassesOf(column)) shown_column->add_classes(one);
    shown_column->mutable_segments()->Assign(column.segments.begin(), column.segments.end());
  }
  return EncodeText(text);
}

uint64_t DigestOf(const std::vector<std::pair<std::string, uint8_t>>& terms, const std::string& text) {
  std::string bytes = text;
  for (const auto& [term, count] : terms) {
    base::AppendU32(bytes, static_cast<uint32_t>(term.size()));
    bytes += term;
    bytes += static_cast<char>(count);
  }
  return XXH3_64bits(bytes.data(), bytes.size());
}

void AddClassSets(const SearchDocument& document, record::SearchValues& values) {
  std::map<ClassSet, bool> sets;
  for (const SearchColumn& column : document.columns) {
    if (!column.classes.empty()) sets[ClassesOf(column)] = true;
  }
  for (const auto& [set, present] : sets) {
    record::SearchClassSet* out = values.add_class_sets();
    for (const std::string& one : set) out->add_classes(one);
  }
}

}  // namespace

uint64_t NameKey(const AssetName& name) {
  uint64_t key = 0;
  for (size_t i = 0; i < sizeof(key); ++i) {
    key = (key << 8) | (i < name.name.size() ? static_cast<unsigned char>(name.name[i]) : 0u);
  }
  return key;
}

uint64_t ClassSetNumber(const ClassSet& classes) {
  std::string bytes;
  for (const std::string& one : classes) {
    bytes += one;
    bytes += '\0';
  }
  return XXH3_64bits(bytes.data(), bytes.size());
}

std::string TermPrefix(Field field) { return {RuleOf(field).letter}; }

std::string ClassifiedPrefix(Field field, uint64_t class_set) {
  std::string prefix(1, RuleOf(field).classified);
  base::AppendU64(prefix, class_set);
  return prefix;
}

std::string GlossaryTerm(AssetId term) {
  std::string text = TermPrefix(Field::kTerm) + kWordMark;
  base::AppendU64(text, term.value());
  return text;
}

size_t IndexedDocument::bytes() const {
  size_t total = sizeof(*this) + values.SpaceUsedLong();
  if (text != nullptr) total += text->size();
  for (const auto& [term, count] : terms) total += term.size() + 16;
  return total;
}

IndexedDocument MakeIndexed(AssetId id, const SearchDocument& document) {
  TermCollector collector;
  collector.AddWhole(kWholeName, document.name.name);
  if (const std::string_view last = LastSegment(document.name.name); last != document.name.name) {
    collector.AddWhole(kWholeName, last);
    collector.AddFirst(Field::kName, last);
  }
  collector.AddFirst(Field::kName, document.name.name);
  collector.AddFirst(Field::kTitle, document.title);
  collector.AddWhole(kWholeTitle, document.title);
  collector.AddField(Field::kName, document.name.name);
  collector.AddField(Field::kPlatform, document.platform);
  collector.AddField(Field::kType, document.type);
  collector.AddField(Field::kTitle, document.title);
  collector.AddField(Field::kDescription, document.description);
  collector.AddField(Field::kCode, document.code);
  for (const std::string& tag : document.tags) collector.AddField(Field::kTag, tag);
  for (const std::string& owner : document.owners) collector.AddField(Field::kOwner, owner);
  for (const AssetId term : document.terms) collector.Add(GlossaryTerm(term), {});
  for (const SearchColumn& column : document.columns) collector.AddColumn(column);

  IndexedDocument indexed;
  indexed.id = id;
  indexed.terms = collector.Take();
  indexed.text = std::make_shared<const std::string>(TextOf(document));
  indexed.values.set_platform(document.platform);
  indexed.values.set_type(document.type);
  indexed.values.set_certification(document.certification);
  indexed.values.set_deprecated(document.deprecated);
  indexed.values.set_usage(document.usage);
  indexed.values.set_updated(document.updated.micros());
  indexed.values.set_name_key(NameKey(document.name));
  AddClassSets(document, indexed.values);
  indexed.values.set_digest(DigestOf(indexed.terms, *indexed.text));
  return indexed;
}

IndexedDocument MakeGone(AssetId id) {
  IndexedDocument gone;
  gone.id = id;
  return gone;
}

}  // namespace cadastre::search
