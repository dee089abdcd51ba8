// Whether a name may be pushed is asked of the name it stands for: words that were not folded are no such name.
// expect: to 'const cadastre::base::CanonicalName&'
#include "authz/policy/policy.h"
#include "authz/policy/registry.h"

using cadastre::authz::AssetNameView;
using cadastre::authz::PolicyEvaluator;
using cadastre::authz::RuleSet;

bool Asked(const PolicyEvaluator& evaluator, const RuleSet& rules, const cadastre::AssetName& stated) {
  return evaluator.AllowsPush(rules, stated);
}

#ifdef MISUSE
bool AskedByWords(const PolicyEvaluator& evaluator, const RuleSet& rules, const AssetNameView& stated) {
  return evaluator.AllowsPush(rules, stated);
}
#endif
