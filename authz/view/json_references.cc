#include "authz/view/json_references.h"

#include <algorithm>
#include <cctype>
#include <cstdint>

namespace cadastre::authz {
namespace {

constexpr int kDepthMax = 256;
constexpr size_t kNamesMax = 10'000;
constexpr std::string_view kNamespace = "namespace";

// `job_Namespace` and `jobNamespace` are one key.
std::string Folded(std::string_view key) {
  std::string folded;
  for (const char c : key) {
    if (c == '_' || c == '-' || c == ' ' || c == '.') continue;
    folded += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return folded;
}

bool MeansJob(std::string_view folded_key) { return folded_key.ends_with("job"); }

void AppendUtf8(uint32_t code, std::string& out) {
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xC0 | (code >> 6));
    out += static_cast<char>(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    out += static_cast<char>(0xE0 | (code >> 12));
    out += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (code & 0x3F));
  } else {
    out += static_cast<char>(0xF0 | (code >> 18));
    out += static_cast<char>(0x80 | ((code >> 12) & 0x3F));
    out += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (code & 0x3F));
  }
}

// What becomes of a value: it stays; it goes; it goes with the object it is a member of.
enum class Verdict : uint8_t { kStays, kGoes, kGoesWithOuter };

class Cutter {
 public:
  Cutter(std::string_view text, const FindStated& find) : text_(text), find_(find) {}

  // nullopt where it is no JSON.
  std::optional<Verdict> Run() {
    const Verdict verdict = Value("", false, 0);
    SkipSpace();
    if (broken_ || at_ != text_.size()) return std::nullopt;
    return verdict;
  }

  std::string Left() {
    std::sort(cuts_.begin(), cuts_.end());
    std::string left;
    size_t from = 0;
    for (const auto& [begin, end] : cuts_) {
      left.append(text_.substr(from, begin - from));
      from = end;
    }
    left.append(text_.substr(from));
    return left;
  }
  bool cuts() const { return !cuts_.empty(); }
  const std::vector<AssetId>& kept() const { return kept_; }

 private:
  // A member or an entry, up to the comma behind it.
  struct Part {
    size_t begin;
    size_t end;
    bool stays;
  };
  // What goes takes along what was cut and kept within it.
  struct Mark {
    size_t cuts;
    size_t kept;
  };

  char Peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  void SkipSpace() {
    while (at_ < text_.size() &&
           (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n' || text_[at_] == '\r')) {
      ++at_;
    }
  }
  bool Take(char c) {
    SkipSpace();
    if (Peek() != c || at_ >= text_.size()) return false;
    ++at_;
    return true;
  }
  Verdict Break() {
    broken_ = true;
    return Verdict::kStays;
  }

  Mark Here() const { return {cuts_.size(), kept_.size()}; }
  void Forget(const Mark& mark) {
    cuts_.resize(mark.cuts);
    kept_.resize(mark.kept);
  }

  Verdict Value(std::string_view key, bool in_list, int depth) {
    SkipSpace();
    if (depth > kDepthMax) return Break();
    const char c = Peek();
    if (c == '{') return Object(key, in_list, depth);
    if (c == '[') return List(depth);
    if (c == '"') {
      std::string unused;
      return String(unused) ? Verdict::kStays : Break();
    }
    const size_t begin = at_;
    while (at_ < text_.size() && (std::isalnum(static_cast<unsigned char>(text_[at_])) != 0 || text_[at_] == '-' ||
                                  text_[at_] == '+' || text_[at_] == '.')) {
      ++at_;
    }
    return at_ > begin ? Verdict::kStays : Break();
  }

  Verdict Object(std::string_view key, bool in_list, int depth) {
    ++at_;
    const Mark mark = Here();
    NamingMembers members;
    std::vector<Part> parts;
    bool outer = false;
    while (!Take('}')) {
      if (!parts.empty() && !Take(',')) return Break();
      SkipSpace();
      const size_t begin = at_;
      const Mark before = Here();
      std::string name;
      if (Peek() != '"' || !String(name) || !Take(':')) return Break();
      SkipSpace();
      Verdict verdict = Verdict::kStays;
      if (std::string value; Peek() == '"') {
        if (!String(value)) return Break();
        members.Add(name, std::move(value));
      } else {
        verdict = Value(name, in_list, depth + 1);
      }
      if (broken_) return Verdict::kStays;
      if (verdict != Verdict::kStays) Forget(before);
      outer = outer || verdict == Verdict::kGoesWithOuter;
      parts.push_back({begin, at_, verdict == Verdict::kStays});
    }
    if (!SeesNamed(members, key)) {
      Forget(mark);
      return Verdict::kGoesWithOuter;
    }
    if (outer) {
      Forget(mark);
      return in_list ? Verdict::kGoesWithOuter : Verdict::kGoes;
    }
    CutParts(parts);
    return Verdict::kStays;
  }

  Verdict List(int depth) {
    ++at_;
    std::vector<Part> parts;
    while (!Take(']')) {
      if (!parts.empty() && !Take(',')) return Break();
      SkipSpace();
      const size_t begin = at_;
      const Mark before = Here();
      const Verdict verdict = Value("", true, depth + 1);
      if (broken_) return Verdict::kStays;
      if (verdict != Verdict::kStays) Forget(before);
      parts.push_back({begin, at_, verdict == Verdict::kStays});
    }
    CutParts(parts);
    return Verdict::kStays;
  }

  bool SeesNamed(const NamingMembers& members, std::string_view key) {
    std::vector<StatedName> names;
    if (!members.Names(key, &names)) return false;
    for (const StatedName& name : names) {
      if (++names_ > kNamesMax) broken_ = true;
      if (broken_) return true;
      const std::optional<AssetId> id = find_(name);
      if (!id) return false;
      if (id->valid()) kept_.push_back(*id);
    }
    return true;
  }

  // With one comma each. Within parts that stay there may be cuts already.
  void CutParts(const std::vector<Part>& parts) {
    bool stands_before = false;
    for (size_t i = 0; i < parts.size(); ++i) {
      if (parts[i].stays) {
        stands_before = true;
      } else if (stands_before) {
        cuts_.emplace_back(parts[i - 1].end, parts[i].end);
      } else {
        cuts_.emplace_back(parts[i].begin, i + 1 < parts.size() ? parts[i + 1].begin : parts[i].end);
      }
    }
  }

  // Four digits behind `\u`.
  std::optional<uint32_t> Unit() {
    if (text_.size() - at_ < 4) return std::nullopt;
    uint32_t unit = 0;
    for (int i = 0; i < 4; ++i) {
      const char c = text_[at_++];
      const int digit = c >= '0' && c <= '9'   ? c - '0'
                        : c >= 'a' && c <= 'f' ? c - 'a' + 10
                        : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                               : -1;
      if (digit < 0) return std::nullopt;
      unit = unit * 16 + static_cast<uint32_t>(digit);
    }
    return unit;
  }

  bool Escape(std::string& out) {
    if (at_ >= text_.size()) return false;
    const char c = text_[at_++];
    constexpr std::string_view kLetters = "\"\\/bfnrt";
    constexpr std::string_view kMeant = "\"\\/\b\f\n\r\t";
    if (const size_t place = kLetters.find(c); place != std::string_view::npos) {
      out += kMeant[place];
      return true;
    }
    if (c != 'u') return false;
    std::optional<uint32_t> code = Unit();
    if (code && *code >= 0xD800 && *code < 0xDC00 && text_.substr(at_).starts_with("\\u")) {
      at_ += 2;
      const std::optional<uint32_t> low = Unit();
      if (!low || *low < 0xDC00 || *low > 0xDFFF) return false;
      code = 0x10000 + ((*code - 0xD800) << 10) + (*low - 0xDC00);
    }
    if (!code) return false;
    AppendUtf8(*code, out);
    return true;
  }

  bool String(std::string& out) {
    ++at_;
    while (at_ < text_.size()) {
      const char c = text_[at_++];
      if (c == '"') return true;
      if (c == '\\') {
        if (!Escape(out)) return false;
      } else {
        out += c;
      }
    }
    return false;
  }

  std::string_view text_;
  const FindStated& find_;
  size_t at_ = 0;
  size_t names_ = 0;
  bool broken_ = false;
  // Apart from one another; those of a part before those of what it is part of.
  std::vector<std::pair<size_t, size_t>> cuts_;
  std::vector<AssetId> kept_;
};

}  // namespace

void NamingMembers::Add(std::string_view key, std::string value) {
  std::string folded = Folded(key);
  if (folded.ends_with("name") || folded.ends_with(kNamespace)) members_.emplace(std::move(folded), std::move(value));
}

bool NamingMembers::Names(std::string_view within, std::vector<StatedName>* out) const {
  const bool of_job = MeansJob(Folded(within));
  for (const auto& [key, ns] : members_) {
    if (!key.ends_with(kNamespace)) continue;
    const std::string before = key.substr(0, key.size() - kNamespace.size());
    std::vector<std::string> names = {before + "name"};
    if (before.empty()) names.insert(names.end(), {"jobname", "datasetname", "tablename"});
    for (const std::string& name : names) {
      const auto found = members_.find(name);
      if (found == members_.end()) continue;
      // Which of several a reader takes is not known.
      if (members_.count(key) > 1 || members_.count(name) > 1) return false;
      out->push_back({ns, found->second, of_job || MeansJob(before) || name == "jobname"});
    }
  }
  return true;
}

Cut CutUnseen(std::string* json, const FindStated& find, std::vector<AssetId>* kept) {
  if (json->empty()) return Cut::kNothing;
  Cutter cutter(*json, find);
  const std::optional<Verdict> verdict = cutter.Run();
  if (verdict != Verdict::kStays) {
    json->clear();
    return Cut::kAll;
  }
  kept->insert(kept->end(), cutter.kept().begin(), cutter.kept().end());
  if (!cutter.cuts()) return Cut::kNothing;
  *json = cutter.Left();
  return Cut::kParts;
}

}  // namespace cadastre::authz
