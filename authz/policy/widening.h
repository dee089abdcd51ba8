// Widening: would other labels of an asset, or of what is merged with it, give somebody more than he has?
//
// A value over compiled rules and labels; made for one decision. Thread rule: compatible.
// Who may label an asset must not open it to himself by the label: into a container he reads, under a tag he reads,
// to an owner he is, or out of what a deny or a mask names; nor part the names of one thing, of which a deny or a mask
// names one. What holds for one name holds for all that are merged with it, so each of them is asked of. Of what lies
// in a moved container or domain no list is made: a grant that begins to reach in there must be one he held there
// already, and a deny must not end there. So the answer errs to yes.
#pragma once

#include <vector>

#include "authz/policy/labels.h"
#include "authz/policy/policy.h"
#include "base/words.h"

namespace cadastre::authz {

class Widening {
 public:
  // One state of all labels, and what decides over it.
  struct State {
    const PolicyEvaluator& evaluator;
    const LabelColumns& columns;
  };

  // All that is named must outlive it.
  Widening(const RuleSet& rules, State before, State after) : rules_(rules), before_(before), after_(after) {}

  // On the asset `id`, whose name is `name` and whose labels are these in the two states. A column that was masked
  // counts whether there is such a column or not, because text that may speak of any column opens with it.
  bool Of(AssetId id, const AssetName& name, const AssetLabels& before, const AssetLabels& after) const;

 private:
  // The containers and domains what lies in the asset lies under, through the asset.
  struct Places {
    std::vector<AssetId> containers;
    std::vector<AssetId> domains;
  };

  static Places PlacesOf(const LabelColumns& columns, const AssetLabels& labels);
  bool OnItself(AssetId id, const AssetName& name, const AssetLabels& before, const AssetLabels& after) const;
  bool OnColumns(AssetId id, const AssetName& name, const AssetLabels& before, const AssetLabels& after) const;
  bool OnContents(const Places& before, const Places& after) const;

  const RuleSet& rules_;
  State before_;
  State after_;
};

}  // namespace cadastre::authz
