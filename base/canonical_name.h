// CanonicalName: the one name that an asset bears, whichever spelling of it was stated.
//
// Made of any AssetName by the name rules (name_rules.h), implicitly, so that whatever asks what a name stands for, or
// what may be done to it, cannot be asked by a spelling. It depends on the name alone, never on what is stored: the
// answer to a push tells nothing, and no order of arrival makes another asset of it.
//
// Owner: values. Thread rule: compatible.
// Deliberately does not: check a name (MakeAssetName does); know what one tool calls its own jobs.
#pragma once

#include <string>
#include <utility>

#include "base/asset_name.h"

namespace cadastre::base {

class CanonicalName {
 public:
  CanonicalName(AssetName stated);  // NOLINT(google-explicit-constructor): see above
  CanonicalName(AssetKind kind, std::string ns, std::string name)
      : CanonicalName(AssetName{kind, std::move(ns), std::move(name)}) {}

  const AssetName& operator*() const { return name_; }
  const AssetName* operator->() const { return &name_; }

  friend auto operator<=>(const CanonicalName&, const CanonicalName&) = default;
  friend bool operator==(const CanonicalName&, const CanonicalName&) = default;

 private:
  AssetName name_;
};

}  // namespace cadastre::base
