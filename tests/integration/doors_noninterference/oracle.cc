#include "tests/integration/doors_noninterference/oracle.h"

#include <algorithm>
#include <cctype>
#include <utility>

namespace cadastre::noninterference {
namespace {

bool Lists(const authz::v1::Grant& grant, Privilege privilege) {
  return std::count(grant.privileges().begin(), grant.privileges().end(), static_cast<int>(privilege)) > 0;
}

bool StartsWith(const std::string& text, const std::string& prefix) { return text.substr(0, prefix.size()) == prefix; }

// What tools put between the levels of a list; no column of a world is called so.
const std::set<std::string> kElements = {"list", "element", "[0]"};

// However a path is cut and quoted, without elements of lists; each piece with its end.
std::string Flat(const Path& path) {
  std::string whole;
  for (const std::string& segment : path) whole += segment + '.';
  std::string text;
  std::string piece;
  for (const char c : whole) {
    if (c == '.' || c == '[') {
      if (!kElements.contains(piece)) text += piece + '.';
      piece.clear();
    }
    if (c != '.' && c != '"' && c != '`') piece += c;
  }
  return text;
}

bool IsExpression(const std::string& text) { return text.find_first_of("(>") != std::string::npos; }

std::set<std::string> WordsOf(const Path& path) {
  std::set<std::string> words = {""};
  for (const std::string& segment : path) {
    std::string word;
    for (const char c : segment + ' ') {
      const auto byte = static_cast<unsigned char>(c);
      // No world has a delimiter beyond ASCII.
      const bool of_word = std::isalnum(byte) != 0 || c == '_' || byte >= 0x80;
      if (!of_word) words.insert(std::exchange(word, {}));
      if (of_word) word += c;
    }
  }
  return words;
}

}  // namespace

bool Sight::SeesColumn(size_t asset, const Path& path) const {
  if (!Sees(asset)) return false;
  const std::string flat = Flat(path);
  // One text may name its column behind any prefix.
  const size_t last = path.size() == 1 ? flat.size() - 1 : 1;
  for (const Path& hidden : assets[asset].hidden_columns) {
    if (IsExpression(path.back())) {
      const bool below = path.size() == 1 || path.front() == hidden.front();
      if (below && std::ranges::includes(WordsOf(path), WordsOf(hidden))) return false;
      continue;
    }
    for (size_t at = 0; at < last; at = flat.find('.', at) + 1) {
      if (StartsWith(flat.substr(at), Flat(hidden))) return false;
      if (path.size() > 1) break;
    }
  }
  return true;
}

size_t Sight::Visible() const {
  size_t count = 0;
  for (size_t i = 0; i < assets.size(); ++i) count += Sees(i) ? 1 : 0;
  return count;
}

Sight Both(const Sight& one, const Sight& other) {
  Sight both = one;
  both.points.insert(other.points.begin(), other.points.end());
  for (size_t i = 0; i < both.assets.size(); ++i) {
    std::erase_if(both.assets[i].privileges, [&](Privilege p) { return !other.Allows(i, p); });
    std::erase_if(both.assets[i].classes, [&](const auto& c) { return !other.assets[i].classes.contains(c); });
    both.assets[i].hidden_columns.insert(other.assets[i].hidden_columns.begin(), other.assets[i].hidden_columns.end());
  }
  return both;
}

bool operator==(const Sight& one, const Sight& other) {
  for (size_t i = 0; i < one.assets.size(); ++i) {
    const Rights& a = one.assets[i];
    const Rights& b = other.assets[i];
    if (a.privileges != b.privileges || a.classes != b.classes || a.hidden_columns != b.hidden_columns) return false;
  }
  return true;
}

Sight Oracle::At(size_t write) const {
  Sight sight;
  sight.points = {write};
  for (size_t asset = 0; asset < script_.assets.size(); ++asset) {
    Rights& rights = sight.assets.emplace_back();
    const Labels* labels = script_.LabelsAt(asset, write);
    if (labels == nullptr) continue;
    const Subject subject{asset, write, *labels};
    if (!Granted(Privilege::kBrowse, subject)) continue;
    for (int number = 1; number < authz::kPrivilegeCount; ++number) {
      const auto privilege = static_cast<Privilege>(number);
      if (Granted(privilege, subject)) rights.privileges.insert(privilege);
    }
    for (const std::string& word : kClasses) {
      if (AllowsClass(word, subject)) rights.classes.insert(word);
    }
    rights.hidden_columns = HiddenColumns(subject, rights.classes);
  }
  return sight;
}

std::vector<Oracle::Subject> Oracle::SetOf(const Subject& subject) const {
  std::vector<Subject> set;
  for (const size_t name : script_.SetAt(subject.asset, subject.write)) {
    const Labels* labels = script_.LabelsAt(name, subject.write);
    if (labels != nullptr) set.push_back({name, subject.write, *labels});
  }
  return set;
}

std::set<Path> Oracle::HiddenColumns(const Subject& subject, const std::set<std::string>& classes) const {
  std::set<Path> hidden;
  std::vector<const Labels*> set;
  for (const Subject& name : SetOf(subject)) set.push_back(&name.labels);
  for (const Mask& mask : MasksOf(set)) {
    if (!std::includes(classes.begin(), classes.end(), mask.classes.begin(), mask.classes.end())) {
      hidden.insert(mask.path);
    }
  }
  return hidden;
}

std::set<std::string> Oracle::Groups() const {
  std::set<std::string> groups;
  std::vector<std::string> open = {kViewer};
  while (!open.empty()) {
    const std::string id = open.back();
    open.pop_back();
    for (const auto& principal : rules_.principals) {
      if (principal.id() != id) continue;
      for (const std::string& group : principal.groups()) {
        if (groups.insert(group).second) open.push_back(group);
      }
    }
  }
  return groups;
}

std::set<std::string> Oracle::Roles() const {
  std::set<std::string> holders = Groups();
  holders.insert(kViewer);
  std::set<std::string> roles;
  for (const auto& principal : rules_.principals) {
    if (holders.contains(principal.id())) roles.insert(principal.roles().begin(), principal.roles().end());
  }
  for (size_t round = 0; round < rules_.roles.size(); ++round) {
    for (const auto& role : rules_.roles) {
      if (roles.contains(role.id())) roles.insert(role.inherits().begin(), role.inherits().end());
    }
  }
  return roles;
}

std::vector<const authz::v1::Grant*> Oracle::Grants() const {
  const std::set<std::string> roles = Roles();
  std::vector<const authz::v1::Grant*> grants;
  for (const auto& grant : rules_.grants) {
    if (roles.contains(grant.role())) grants.push_back(&grant);
  }
  return grants;
}

bool Oracle::Granted(Privilege privilege, const Subject& subject) const {
  bool allowed = false;
  for (const authz::v1::Grant* grant : Grants()) {
    if (!Lists(*grant, privilege)) continue;
    for (const Subject& name : SetOf(subject)) {
      if (!Covers(grant->scope(), name)) continue;
      if (grant->deny()) return false;
      allowed = allowed || name.asset == subject.asset;
    }
  }
  return allowed;
}

bool Oracle::AllowsClass(const std::string& word, const Subject& subject) const {
  bool allowed = false;
  for (const authz::v1::Grant* grant : Grants()) {
    if (!Lists(*grant, Privilege::kReadColumns)) continue;
    for (const Subject& name : SetOf(subject)) {
      const std::string& stated = grant->scope().classification();
      const bool carried = grant->deny() && name.labels.classes.contains(stated);
      if (!stated.empty() && stated != word && !carried) continue;
      authz::v1::Scope rest = grant->scope();
      rest.clear_classification();
      if (!Covers(rest, name)) continue;
      if (grant->deny()) return false;
      allowed = allowed || name.asset == subject.asset;
    }
  }
  return allowed;
}

bool Oracle::Covers(const authz::v1::Scope& scope, const Subject& subject) const {
  const AssetName& name = script_.assets[subject.asset].name;
  const auto named = [&](const v1::AssetRef& ref) { return *script_.Find(*NameOf(ref)); };
  const std::string kind = RefOf(name).kind();
  if (scope.kinds_size() > 0 && std::count(scope.kinds().begin(), scope.kinds().end(), kind) == 0) return false;
  std::string ns = scope.namespace_();
  if (!ns.empty() && ns.back() == '*') {
    ns.pop_back();
    if (!StartsWith(name.ns, ns)) return false;
  } else if (!ns.empty() && ns != name.ns) {
    return false;
  }
  if (!StartsWith(name.name, scope.name_prefix())) return false;
  if (scope.has_container() && !InContainer(subject, named(scope.container()))) return false;
  if (scope.has_domain() && !InDomain(subject, named(scope.domain()))) return false;
  if (!scope.environment().empty() && subject.labels.environment != scope.environment()) return false;
  if (!scope.tag().empty() && !subject.labels.tags.contains(scope.tag())) return false;
  if (!scope.classification().empty() && !subject.labels.classes.contains(scope.classification())) return false;
  if (!scope.owner().empty() && !Owned(scope.owner(), subject.labels)) return false;
  return !scope.has_asset() || named(scope.asset()) == subject.asset;
}

bool Oracle::InContainer(const Subject& subject, size_t container) const {
  if (subject.asset == container) return true;
  for (size_t at = subject.labels.container; at != kNoAsset;) {
    if (at == container) return true;
    const Labels* labels = script_.LabelsAt(at, subject.write);
    at = labels == nullptr ? kNoAsset : labels->container;
  }
  return false;
}

bool Oracle::InDomain(const Subject& subject, size_t domain) const {
  if (subject.asset == domain) return true;
  size_t own = subject.labels.domain;
  for (size_t at = subject.labels.container; own == kNoAsset && at != kNoAsset;) {
    const Labels* labels = script_.LabelsAt(at, subject.write);
    if (labels == nullptr) break;
    own = labels->domain;
    at = labels->container;
  }
  for (size_t at = own; at != kNoAsset;) {
    if (at == domain) return true;
    const Labels* labels = script_.LabelsAt(at, subject.write);
    at = labels == nullptr ? kNoAsset : labels->domain;
  }
  return false;
}

bool Oracle::Owned(const std::string& owner, const Labels& labels) const {
  if (owner != "self") return labels.owners.contains(owner);
  if (labels.owners.contains(kViewer)) return true;
  for (const std::string& group : Groups()) {
    if (labels.owners.contains(group)) return true;
  }
  return false;
}

}  // namespace cadastre::noninterference
