#include "authz/write/label_rules.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "authz/policy/widening.h"
#include "base/status.h"

namespace cadastre::authz {
namespace {

std::shared_ptr<const RuleSet> RulesOf(const WriteSession& session) {
  std::shared_ptr<const RuleSet> rules = session.published().policy->RulesOf(session.viewer().principal());
  return rules == nullptr ? std::make_shared<const RuleSet>() : rules;
}

bool May(const WriteSession& session, Privilege privilege, AssetId asset) {
  return session.May(privilege, asset) || session.May(Privilege::kManageGrants, asset);
}

AssetLabels LabelsOfNew(const WriteSession& session, const AssetName& name, const record::Labels& labels) {
  record::AssetHeader header;
  header.set_kind(static_cast<uint32_t>(name.kind));
  header.set_namespace_(name.ns);
  header.set_name(name.name);
  *header.mutable_labels() = labels;
  return InternLabels(header, session.words(), *session.published().environments);
}

// As it was before the session, and as it would be: over all names that are one with the asset in either.
StatusOr<bool> WouldOpen(WriteSession& session, AssetId asset, const LabelColumns& after) {
  RETURN_IF_ERROR(session.HoldLabels(asset));
  ASSIGN_OR_RETURN(const std::vector<AssetId> names, session.SetOf(asset));
  const std::shared_ptr<const RuleSet> rules = RulesOf(session);
  const LabelColumns& before = session.published().labels;
  const PolicyEvaluator evaluator = session.EvaluatorOver(session.published().labels);
  const PolicyEvaluator evaluator_after = session.EvaluatorOver(after);
  const Widening widening(*rules, {evaluator, before}, {evaluator_after, after});
  for (const AssetId id : names) {
    const std::optional<AssetName> name = session.NameOf(id);
    if (!name) return base::Internal("an asset without a name");
    const AssetLabels was = session.IsNew(id) ? LabelsOfNew(session, *name, record::Labels()) : before.Of(id);
    if (widening.Of(id, *name, was, after.Of(id))) return true;
  }
  return false;
}

}  // namespace

StatusOr<bool> MaySetLabel(WriteSession& session, Privilege privilege, AssetId asset) {
  RETURN_IF_ERROR(session.HoldLabels(asset));
  return May(session, privilege, asset);
}

bool MaySetLabelOfNew(const WriteSession& session, Privilege privilege, const AssetName& name,
                      const record::Labels& labels) {
  const AssetLabels interned = LabelsOfNew(session, name, labels);
  const PolicyEvaluator evaluator = session.EvaluatorOver(session.published().labels);
  const std::shared_ptr<const RuleSet> rules = RulesOf(session);
  return evaluator.Allows(*rules, privilege, AssetId(0), interned, name) ||
         evaluator.Allows(*rules, Privilege::kManageGrants, AssetId(0), interned, name);
}

bool WouldWidenNew(const WriteSession& session, const AssetName& name, const record::Labels& before,
                   const record::Labels& after) {
  const std::shared_ptr<const RuleSet> rules = RulesOf(session);
  const PolicyEvaluator evaluator = session.EvaluatorOver(session.published().labels);
  const Widening::State state{evaluator, session.published().labels};
  return Widening(*rules, state, state)
      .Of(AssetId(0), name, LabelsOfNew(session, name, before), LabelsOfNew(session, name, after));
}

bool MayPlaceAnywhere(const WriteSession& session, Privilege privilege) {
  return RulesOf(session)->everywhere.Has(privilege);
}

StatusOr<bool> MayPlace(WriteSession& session, Privilege privilege, AssetId place) {
  if (!place.valid() || MayPlaceAnywhere(session, privilege)) return true;
  if (session.IsNew(place)) return false;
  return MaySetLabel(session, privilege, place);
}

StatusOr<bool> WouldWiden(WriteSession& session, AssetId asset, const std::map<AssetId, record::Labels>& after) {
  LabelColumns labels = session.labels();
  for (const auto& [id, stated] : after) {
    ASSIGN_OR_RETURN(record::AssetHeader header, session.HeaderOf(id));
    // An environment of the asset's own is stated by nobody's aspect.
    const std::string environment = header.labels().environment();
    *header.mutable_labels() = stated;
    header.mutable_labels()->set_environment(environment);
    labels.Set(id, InternLabels(header, session.words(), *session.published().environments));
  }
  return WouldOpen(session, asset, labels);
}

StatusOr<bool> WouldWidenByParting(WriteSession& session, AssetId from, AssetId to) {
  LabelColumns parted = session.labels();
  for (const auto& [near, far] : {std::pair(from, to), std::pair(to, from)}) {
    AssetLabels labels = parted.Of(near);
    std::erase_if(labels.merged, [far = far](const MergedName& other) { return other.id == far; });
    parted.Set(near, std::move(labels));
  }
  return WouldOpen(session, from, parted);
}

}  // namespace cadastre::authz
