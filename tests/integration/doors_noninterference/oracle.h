// What a viewer may see, decided the plainest way: strings and loops, nothing shared with the code under test but the
// wire messages. And the filter: a script without what the viewer may not see.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "authz/policy/privilege.h"
#include "tests/integration/doors_noninterference/dice.h"
#include "tests/integration/doors_noninterference/script.h"

namespace cadastre::noninterference {

using authz::Privilege;

inline constexpr char kViewer[] = "vera";
inline constexpr char kPusher[] = "loader";

// As put through the doors, in an order that lets each find what it names.
struct Rules {
  std::vector<authz::v1::Role> roles;
  std::vector<authz::v1::Principal> principals;
  std::vector<authz::v1::Grant> grants;
};

// What the viewer may do with each asset.
struct Rights {
  std::set<Privilege> privileges;
  std::set<std::string> classes;  // of columns that are not masked
  std::set<Path> hidden_columns;
};

struct Sight {
  // The writes after which it is what the viewer sees.
  std::set<size_t> points;
  std::vector<Rights> assets;

  bool Sees(size_t asset) const { return Allows(asset, Privilege::kBrowse); }
  bool Allows(size_t asset, Privilege privilege) const { return assets[asset].privileges.contains(privilege); }
  bool SeesColumn(size_t asset, const Path& path) const;
  size_t Visible() const;
};
// What both allow.
Sight Both(const Sight& one, const Sight& other);
bool operator==(const Sight& one, const Sight& other);

class Oracle {
 public:
  Oracle(const Script* script, const Rules* rules) : script_(*script), rules_(*rules) {}

  // By the labels after the nth write.
  Sight At(size_t write) const;
  std::set<std::string> Groups() const;
  std::set<std::string> Roles() const;

 private:
  struct Subject {
    size_t asset;
    size_t write;
    const Labels& labels;
  };

  std::vector<const authz::v1::Grant*> Grants() const;
  bool Granted(Privilege privilege, const Subject& subject) const;
  bool AllowsClass(const std::string& word, const Subject& subject) const;
  // The asset and the names merged with it.
  std::vector<Subject> SetOf(const Subject& subject) const;
  bool Covers(const authz::v1::Scope& scope, const Subject& subject) const;
  bool InContainer(const Subject& subject, size_t container) const;
  bool InDomain(const Subject& subject, size_t domain) const;
  bool Owned(const std::string& owner, const Labels& labels) const;
  // Of all names of the set, by the classes that are not hidden under this one.
  std::set<Path> HiddenColumns(const Subject& subject, const std::set<std::string>& classes) const;

  const Script& script_;
  const Rules& rules_;
};

// How many columns there are at the end, and how many of them the viewer sees.
struct Columns {
  size_t all = 0;
  size_t visible = 0;
};
Columns ColumnsOf(const Script& script, const Sight& sight, size_t asset);
Columns ColumnsOf(const Script& script, const Sight& sight);

// Random, until the viewer sees between a third and two thirds of the assets, and of the columns.
Rules MakeRules(Dice& dice, const Script& script);
// Whether a grant without a class can state what the viewer reads of the asset's columns; else it is stated by class.
bool AllowsAllColumns(const Script& script, const Sight& sight, size_t asset);
// The same rights stated asset by asset, which no label of a hidden asset can decide. Principals and roles stay.
std::vector<authz::v1::Grant> PlainGrants(const Script& script, const Rules& rules, const Sight& sight);

// The nth write without what the viewer may not see; nothing where nothing is left of it.
std::optional<Write> Without(const Script& script, const Sight& sight, size_t write);

}  // namespace cadastre::noninterference
