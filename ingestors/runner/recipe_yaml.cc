#include "ingestors/runner/recipe_yaml.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <optional>
#include <set>
#include <sstream>

#include "base/status.h"
#include "base/utf8.h"

namespace cadastre::ingest {
namespace {

constexpr size_t kLevelsMax = 16;
constexpr size_t kEntriesMax = 10'000;
constexpr size_t kKeyBytesMax = 256;

// Takes the parser's events; the first thing that is wrong stands, and what comes after is passed over. The tree that
// yaml-cpp would build shares the nodes of aliases, which whoever walks it meets exponentially often.
class Flattening final : public YAML::EventHandler {
 public:
  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t) override { Scalar(mark, YamlEntry::Kind::kNull, ""); }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override { Fail(mark, "an alias; aliases are not taken"); }
  void OnScalar(const YAML::Mark& mark, const std::string&, YAML::anchor_t, const std::string& value) override {
    Scalar(mark, YamlEntry::Kind::kText, value);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {
    if (!Ok()) return;
    if (InList() || !Push(mark, YamlEntry::Kind::kTexts)) return Fail(mark, "a list where none may stand");
    levels_.back().list = true;
  }
  void OnSequenceEnd() override { Pop(); }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {
    if (!Ok()) return;
    if (levels_.empty() && !begun_) {
      begun_ = true;
      levels_.push_back({});
      return;
    }
    if (InList() || !Push(mark, YamlEntry::Kind::kMap)) Fail(mark, "`key: value` lines where none may stand");
  }
  void OnMapEnd() override { Pop(); }

  absl::Status status_;
  std::vector<YamlEntry> entries_;

 private:
  struct Open {
    // With a dot at its end; empty for the root.
    std::string prefix;
    bool list = false;
    // Read, and waiting for its value.
    std::optional<std::string> key;
    int key_line = 0;
  };

  bool Ok() const { return status_.ok(); }
  bool InList() const { return !levels_.empty() && levels_.back().list; }

  void Fail(const YAML::Mark& mark, std::string_view what) {
    if (Ok()) status_ = base::InvalidArgument("line ", mark.line + 1, ": ", what);
  }

  // The entry of the value that begins here; false where no key waits for one.
  bool Add(const YAML::Mark& mark, YamlEntry::Kind kind) {
    if (levels_.empty() || levels_.back().list || !levels_.back().key.has_value()) return false;
    if (entries_.size() >= kEntriesMax) {
      Fail(mark, base::Cat("more than ", kEntriesMax, " values"));
      return true;
    }
    entries_.push_back({levels_.back().prefix + *levels_.back().key, levels_.back().key_line, kind, {}});
    if (!seen_.insert(entries_.back().path).second) {
      Fail(mark, base::Cat("`", entries_.back().path, "` for a second time"));
    }
    levels_.back().key.reset();
    return true;
  }

  bool Push(const YAML::Mark& mark, YamlEntry::Kind kind) {
    if (!Add(mark, kind)) return false;
    if (levels_.size() >= kLevelsMax) Fail(mark, base::Cat("nested more than ", kLevelsMax, " deep"));
    if (Ok()) levels_.push_back({entries_.back().path + ".", false, std::nullopt, 0});
    return true;
  }

  void Pop() {
    if (Ok() && !levels_.empty()) levels_.pop_back();
  }

  void Scalar(const YAML::Mark& mark, YamlEntry::Kind kind, const std::string& value) {
    if (!Ok()) return;
    if (!base::IsValidUtf8(value) || value.find('\0') != std::string::npos) return Fail(mark, "bytes that are no text");
    if (InList()) {
      if (++listed_ > kEntriesMax) return Fail(mark, base::Cat("more than ", kEntriesMax, " values"));
      if (kind == YamlEntry::Kind::kNull) return Fail(mark, "an empty entry of a list");
      entries_.back().texts.push_back(value);
      return;
    }
    if (levels_.empty()) {
      // An empty document is told as one null.
      if (kind != YamlEntry::Kind::kNull) Fail(mark, "expected `key: value` lines");
      return;
    }
    if (!levels_.back().key.has_value()) {
      if (value.empty() || value.size() > kKeyBytesMax || value.find('.') != std::string::npos) {
        return Fail(mark, "a key that is no name");
      }
      levels_.back().key = value;
      levels_.back().key_line = mark.line + 1;
      return;
    }
    (void)Add(mark, kind);
    if (Ok() && kind == YamlEntry::Kind::kText) entries_.back().texts.push_back(value);
  }

  bool begun_ = false;
  size_t listed_ = 0;
  std::vector<Open> levels_;
  std::set<std::string> seen_;
};

}  // namespace

absl::StatusOr<std::vector<YamlEntry>> FlatYaml(const std::string& yaml) {
  Flattening flat;
  try {
    // With a line behind it that does not end: where a quote is never closed and a line end is last, yaml-cpp takes
    // what came before for all of the text, and the rest of a recipe for a part of a password.
    std::istringstream in(yaml + "\n#");
    YAML::Parser parser(in);
    if (parser.HandleNextDocument(flat) && flat.status_.ok()) {
      Flattening another;
      if (parser.HandleNextDocument(another) && (!another.entries_.empty() || !another.status_.ok())) {
        return base::InvalidArgument("more than one document");
      }
    }
  } catch (const YAML::Exception& error) {
    // Its own text may cite the line, and the line may hold a secret.
    return base::InvalidArgument("line ", error.mark.line + 1, ": no YAML: ", error.msg);
  } catch (const std::exception&) {
    return base::InvalidArgument("no YAML");
  }
  RETURN_IF_ERROR(flat.status_);
  return std::move(flat.entries_);
}

}  // namespace cadastre::ingest
